using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi;

namespace WunderProxy.Fleet;

/// <summary>Waits until the watch of a guarded switch has ended on every manager.</summary>
internal sealed class FleetGuard(IReadOnlyList<IManagerClient> managers, IFleetReport report, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>Additional time to wait for a manager that cannot be reached.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits for all verdicts, or for the first that sends the fleet back.</summary>
    /// <param name="hash">Hash of the launch config to which the fleet was switched.</param>
    /// <param name="done">The managers' answers to launch and switch.</param>
    /// <param name="duration">How long the managers watch.</param>
    /// <param name="cancellationToken">Cancels the wait; the watches go on.</param>
    public async Task<IReadOnlyList<FleetVerdict>> WaitAsync(
        string hash, FleetSwitch done, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = managers.Select((_, i) => WaitAsync(i, hash, done.Switched[i], duration, stop.Token)).ToList();
        var verdicts = new List<FleetVerdict>();
        while (waits.Count > 0)
        {
            var ended = await Task.WhenAny(waits);
            waits.Remove(ended);
            verdicts.Add(await ended);
            if (verdicts[^1].Kind == FleetVerdictKind.Worse)
            {
                break;
            }
        }

        await stop.CancelAsync();
        await ((Task)Task.WhenAll(waits)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return verdicts;
    }

    private async Task<FleetVerdict> WaitAsync(
        int manager, string hash, SwitchResult switched, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (switched.Guard is not { } watch)
        {
            report.Tell(managers[manager].Name, switched.Changed ? "does not watch: nothing served there before" : "does not watch: nothing changed there");
            return new FleetVerdict(manager, FleetVerdictKind.Good, "");
        }

        var began = clock.GetTimestamp();
        while (true)
        {
            var fault = "its watch does not end";
            try
            {
                var status = await managers[manager].GetStatusAsync(cancellationToken);
                if (Judge(manager, hash, watch, status) is { } verdict)
                {
                    return verdict;
                }
            }
            catch (ManagerCallException exception)
            {
                fault = exception.Message;
            }

            var elapsed = clock.GetElapsedTime(began);
            if (elapsed > duration + Patience)
            {
                return new FleetVerdict(manager, FleetVerdictKind.Unknown, fault);
            }

            var left = Math.Max(0, (duration - elapsed).TotalSeconds);
            report.Progress(
                managers[manager].Name,
                new DeploymentProgress("watching", $"watching {switched.Revision} for {left:0} s more", (long)elapsed.TotalSeconds, (long)Math.Ceiling(duration.TotalSeconds)));
            await Task.Delay(PollInterval, clock, cancellationToken);
        }
    }

    /// <summary>Returns the verdict of a manager, or null while its watch lasts.</summary>
    private FleetVerdict? Judge(int manager, string hash, string watch, StatusDocument status)
    {
        if (status.Guard is { } guard && guard.Id == watch)
        {
            return guard.State switch
            {
                GuardState.Watching => null,
                GuardState.Passed => Good(manager, "found nothing worse"),
                GuardState.SwitchedBack or GuardState.Kept => new FleetVerdict(manager, FleetVerdictKind.Worse, guard.Reason),
                GuardState.Superseded => new FleetVerdict(manager, FleetVerdictKind.Unknown, "another switch came meanwhile"),
                _ => new FleetVerdict(manager, FleetVerdictKind.Unknown, guard.Reason.Length > 0 ? guard.Reason : guard.State),
            };
        }

        // The manager was restarted, which ends its watch, or another guarded switch has begun.
        return status.Upstream?.Hash switch
        {
            null => null,
            var served when served == hash => new FleetVerdict(manager, FleetVerdictKind.Unknown, "its watch ended with a restart"),
            _ => new FleetVerdict(manager, FleetVerdictKind.Unknown, "it serves another revision meanwhile"),
        };
    }

    private FleetVerdict Good(int manager, string message)
    {
        report.Tell(managers[manager].Name, message);
        return new FleetVerdict(manager, FleetVerdictKind.Good, "");
    }
}
