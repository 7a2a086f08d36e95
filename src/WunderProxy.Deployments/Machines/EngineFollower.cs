using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Machines;

/// <summary>
/// Follows the engine's events, gap-free over the engine's own restarts. The one loop that tries an engine again that
/// is away; each time it is (back) there, what it says is taken in before its events.
/// </summary>
internal sealed class EngineFollower(
    DockerEngineClient engine,
    NoticeBoard notices,
    TimeProvider clock,
    Func<CancellationToken, Task> reconcile,
    Func<EngineEvent, CancellationToken, Task> handle)
{
    private const string Topic = "events";

    /// <summary>A stream that lasted so long was no fault: the pauses begin anew.</summary>
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(10);

    private readonly Backoff _backoff = new(clock);
    private long _seenNanoseconds = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;

    /// <summary>Follows until cancelled.</summary>
    public async Task RunAsync(Microsoft.Extensions.Logging.ILogger log, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is EngineUnavailableException or OperationCanceledException)
            {
                // Its circuit is open, as the client told it; or the process ends.
            }
            catch (DockerEngineException fault)
            {
                notices.Warn(Topic, "the Docker engine's events cannot be followed", fault.Message);
            }
            catch (Exception fault)
            {
                DeploymentLog.BackgroundFailed(log, fault);
            }

            await PauseAsync(cancellationToken);
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        notices.Engine.Try();
        await engine.PingAsync(cancellationToken);

        // A stream over a dead network says nothing for ever: when another call finds the engine away, it is given up.
        using var untilAway = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, notices.Engine.Change);
        await reconcile(untilAway.Token);
        var began = clock.GetTimestamp();
        try
        {
            await foreach (var happened in engine.FollowEventsAsync(_seenNanoseconds, untilAway.Token))
            {
                _seenNanoseconds = happened.TimeNanoseconds + 1;
                notices.Warn(Topic, null);
                await handle(happened, untilAway.Token);
            }
        }
        finally
        {
            if (clock.GetElapsedTime(began) >= Steady)
            {
                _backoff.Reset();
                notices.Warn(Topic, null);
            }
        }
    }

    /// <summary>Ended early when somebody else's call finds the engine back.</summary>
    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        var pause = _backoff.Next();
        var change = notices.Engine.Change;
        notices.Engine.Wait(pause);
        using var untilChange = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, change);
        await Task.Delay(pause, clock, untilChange.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
