using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi;

namespace WunderProxy.Fleet;

/// <summary>
/// Brings one launch config into service on several managers: launched on all before it is switched to on any, and
/// switched back where it was when one cannot switch.
/// </summary>
internal sealed class FleetDeployment(
    IReadOnlyList<IManagerClient> managers, string by, IFleetReport report, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Hash that each manager serves before anything is changed; empty where nothing is served.</summary>
    /// <exception cref="FleetException">A manager cannot be reached.</exception>
    public async Task<IReadOnlyList<string>> ReadServedAsync(CancellationToken cancellationToken)
    {
        var outcomes = await Task.WhenAll(managers.Select(manager => Try(manager, async () =>
        {
            var status = await manager.GetStatusAsync(cancellationToken);
            return status.Upstream?.Hash ?? string.Empty;
        })));
        ThrowIfAny(outcomes, "nothing was changed");
        return [.. outcomes.Select(outcome => outcome.Value!)];
    }

    /// <summary>Launches on all managers, then switches all.</summary>
    /// <param name="hash">The launch config.</param>
    /// <param name="served">What <see cref="ReadServedAsync"/> gave.</param>
    /// <param name="guard">How long each manager watches; null for what it is configured to do.</param>
    /// <param name="cancellationToken">Ends the wait for the launches; managers finish what they were asked.</param>
    /// <exception cref="FleetException">A launch failed, or a switch did and was undone.</exception>
    /// <exception cref="OperationCanceledException">Cancelled: nothing was switched.</exception>
    public async Task<FleetSwitch> RunAsync(
        string hash, IReadOnlyList<string> served, TimeSpan? guard, CancellationToken cancellationToken)
    {
        var launched = await Task.WhenAll(managers.Select(manager => LaunchAsync(manager, hash, cancellationToken)));
        ThrowIfAny(launched, "nothing was switched");
        cancellationToken.ThrowIfCancellationRequested();
        var switched = new List<SwitchResult>();
        for (var i = 0; i < managers.Count; i++)
        {
            // Not cancelled with the command: a fleet that is switched in part is what must not be left behind.
            var outcome = await Try(managers[i], () => managers[i].SwitchAsync(hash, by, guard, CancellationToken.None));
            if (outcome.Failure is { } failure)
            {
                // Without an answer it may have switched: it is asked to go back like the others.
                await SwitchBackAsync([.. Enumerable.Range(0, failure.IsAnswer ? i : i + 1)], served, hash);
                throw new FleetException($"{managers[i].Name} could not switch: {failure.Message}");
            }

            switched.Add(outcome.Value!);
            report.Tell(managers[i].Name, outcome.Value!.Changed ? "switched" : "served it already");
        }

        return new FleetSwitch([.. launched.Select(outcome => outcome.Value!)], switched);
    }

    /// <summary>Sends managers back to what they served; each is told, and none stops the others.</summary>
    /// <param name="places">Which managers.</param>
    /// <param name="served">What <see cref="ReadServedAsync"/> gave.</param>
    /// <param name="hash">What they were switched to.</param>
    public async Task SwitchBackAsync(IReadOnlyList<int> places, IReadOnlyList<string> served, string hash)
    {
        foreach (var i in places)
        {
            var before = served[i];
            if (before.Length == 0 || before == hash)
            {
                var why = before.Length == 0 ? "stays: it served nothing before" : "served it before";
                report.Tell(managers[i].Name, why);
                continue;
            }

            var back = await Try(managers[i], () => SwitchBackAsync(managers[i], before));
            if (back.Failure is { } failure)
            {
                report.Fail(managers[i].Name, $"could not go back to {ShortId.Of(before)}: {failure.Message}");
            }
            else
            {
                report.Tell(managers[i].Name, $"went back to {ShortId.Of(before)}");
            }
        }
    }

    /// <summary>The way back is not watched, nor cancelled with the command.</summary>
    private async Task<SwitchResult> SwitchBackAsync(IManagerClient manager, string before)
    {
        try
        {
            return await manager.SwitchAsync(before, by, TimeSpan.Zero, CancellationToken.None);
        }
        catch (ManagerCallException exception) when (exception.IsAnswer)
        {
            // Its container may have been stopped meanwhile.
            await manager.LaunchAsync(before, by, CancellationToken.None);
            return await manager.SwitchAsync(before, by, TimeSpan.Zero, CancellationToken.None);
        }
    }

    private async Task<Outcome<LaunchResult>> LaunchAsync(
        IManagerClient manager, string hash, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var progress = FollowAsync(manager, done.Token);
        var outcome = await Try(manager, () => manager.LaunchAsync(hash, by, cancellationToken));
        await done.CancelAsync();
        await progress;
        if (outcome.Value is { } result)
        {
            var where = $"{ShortId.Of(result.Container)} at {result.Address}";
            report.Tell(manager.Name, $"launched {where} ({result.Method}, {result.Seconds:0.0} s)");
        }

        return outcome;
    }

    private async Task FollowAsync(IManagerClient manager, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(PollInterval, clock, cancellationToken);
                var status = await manager.GetStatusAsync(cancellationToken);
                if (status.Operation?.Progress is { } step)
                {
                    report.Progress(manager.Name, step);
                }
            }
            catch (Exception exception) when (exception is ManagerCallException or OperationCanceledException)
            {
                // Only the picture of progress is lost; the launch itself tells how it ended.
            }
        }
    }

    private void ThrowIfAny<T>(IEnumerable<Outcome<T>> outcomes, string consequence)
        where T : class
    {
        var failed = outcomes.Where(outcome => outcome.Failure is not null).ToList();
        if (failed is [var only] && managers.Count == 1)
        {
            // The last line of the command has the cause; a line of the only manager's own would repeat it.
            throw new FleetException($"{only.Manager} failed: {only.Failure!.Message}; {consequence}");
        }

        foreach (var outcome in failed)
        {
            report.Fail(outcome.Manager, $"failed: {outcome.Failure!.Message}");
        }

        if (failed.Count > 0)
        {
            throw new FleetException($"{string.Join(", ", failed.Select(o => o.Manager))} failed; {consequence}");
        }
    }

    private static async Task<Outcome<T>> Try<T>(IManagerClient manager, Func<Task<T>> call)
        where T : class
    {
        try
        {
            return new Outcome<T>(manager.Name, await call(), null);
        }
        catch (ManagerCallException exception)
        {
            return new Outcome<T>(manager.Name, null, exception);
        }
    }

    private sealed record Outcome<T>(string Manager, T? Value, ManagerCallException? Failure)
        where T : class;
}
