using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>
/// One drain of an upstream: waits, spreads the ends of long-lived holders, and cuts off at the deadlines.
/// </summary>
internal sealed class UpstreamDrain(Upstream upstream, TimeProvider clock)
{
    // Fine enough that a thousand tunnels come back in small groups, and coarse enough to cost nothing.
    private const int SpreadSteps = 100;

    /// <summary>How long holders that were told to end may take; they only have to wake up on their loops.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ShortestStep = TimeSpan.FromMilliseconds(20);

    // Changed on the loops, which are asked one after another.
    private InFlightCounts _told;

    public async Task<InFlightCounts> RunAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var empty = upstream.WhenEmptyAsync();
        await OnEachLoopAsync(part => part.BeginSpread(), cancellationToken);
        var ordinaryEnded = false;
        while (!empty.IsCompleted)
        {
            var elapsed = clock.GetElapsedTime(start);
            if (elapsed >= exchanges && !ordinaryEnded)
            {
                ordinaryEnded = true;
                await OnEachLoopAsync(part => Tell(part.EndLeases(all: false)), cancellationToken);
            }

            if (elapsed >= upgraded && ordinaryEnded)
            {
                await OnEachLoopAsync(part => Tell(part.EndLeases(all: true)), cancellationToken);
                await WaitAsync(empty, LastWait, cancellationToken);
                break;
            }

            // The last tenth of the window is for closing handshakes.
            var elapsedShare = upgraded > TimeSpan.Zero ? Math.Min(1, elapsed / (upgraded * 0.9)) : 1;
            await OnEachLoopAsync(part => Tell(part.EndSpread(elapsedShare)), cancellationToken);
            await WaitAsync(empty, NextStep(elapsed, exchanges, upgraded, ordinaryEnded), cancellationToken);
        }

        return _told;
    }

    /// <summary>Ends everything in flight at once, unless the upstream is in the slot again.</summary>
    public async Task<InFlightCounts> EndAsync(CancellationToken cancellationToken)
    {
        var empty = upstream.WhenEmptyAsync();
        var told = default(InFlightCounts);

        // The loops are asked one after another.
        await OnEachLoopAsync(part => told += part.EndReplaced(), cancellationToken);
        await WaitAsync(empty, LastWait, cancellationToken);
        return told;
    }

    private static TimeSpan NextStep(TimeSpan elapsed, TimeSpan exchanges, TimeSpan upgraded, bool ordinaryEnded)
    {
        var step = upgraded / SpreadSteps;
        var untilDeadline = (ordinaryEnded ? upgraded : exchanges) - elapsed;
        step = step < untilDeadline || untilDeadline <= TimeSpan.Zero ? step : untilDeadline;
        return step > ShortestStep ? step : ShortestStep;
    }

    private void Tell(InFlightCounts told) => _told += told;

    private async Task WaitAsync(Task task, TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(longest, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The caller checks the clock.
        }
    }

    private async Task OnEachLoopAsync(Action<LoopUpstream> work, CancellationToken cancellationToken)
    {
        foreach (var part in upstream.Parts)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            part.Loop.Post(
                _ =>
                {
                    work(part);
                    done.TrySetResult();
                },
                null);
            await done.Task.WaitAsync(cancellationToken);
        }
    }
}
