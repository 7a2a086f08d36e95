using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi;

namespace WunderProxy.Fleet;

/// <summary>
/// Brings one launch config into service on several managers. It is launched on all before any switches to it; if one
/// cannot switch, those that have are switched back.
/// </summary>
internal sealed class FleetDeployment(
    IReadOnlyList<IManagerClient> managers, string by, IFleetReport report, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Reads the hash that each manager serves before anything is changed; empty for a manager that serves nothing.
    /// </summary>
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

    /// <summary>Launches on all managers, then switches all of them.</summary>
    /// <param name="hash">Hash of the launch config.</param>
    /// <param name="served">The result of <see cref="ReadServedAsync"/>.</param>
    /// <param name="guard">How long each manager watches the new upstream; null for its configured time.</param>
    /// <param name="cancellationToken">
    /// Cancels the wait for the launches; managers finish what they were asked to do.
    /// </param>
    /// <exception cref="FleetException">
    /// A launch failed, or a switch failed and those before it were undone.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled before any switch.</exception>
    public async Task<FleetSwitch> RunAsync(
        string hash, IReadOnlyList<string> served, TimeSpan? guard, CancellationToken cancellationToken)
    {
        var launched = await Task.WhenAll(managers.Select(manager => LaunchAsync(manager, hash, cancellationToken)));
        ThrowIfAny(launched, "nothing was switched");
        cancellationToken.ThrowIfCancellationRequested();
        var switched = new List<SwitchResult>();
        for (var i = 0; i < managers.Count; i++)
        {
            // Not cancelled with the command, which must not leave a fleet switched in part.
            var outcome = await Try(managers[i], () => managers[i].SwitchAsync(hash, by, guard, CancellationToken.None));
            if (outcome.Failure is { } failure)
            {
                // A manager that gave no answer may have switched, so it is asked to go back like the others.
                await SwitchBackAsync([.. Enumerable.Range(0, failure.IsAnswer ? i : i + 1)], served, hash);
                throw new FleetException($"{managers[i].Name} could not switch: {failure.Message}");
            }

            switched.Add(outcome.Value!);
            report.Tell(managers[i].Name, outcome.Value!.Changed ? "switched" : "served it already");
        }

        return new FleetSwitch([.. launched.Select(outcome => outcome.Value!)], switched);
    }

    /// <summary>
    /// Switches managers back to what they served before; each is reported, and a failure of one does not stop the
    /// others.
    /// </summary>
    /// <param name="places">Positions of the managers to switch back.</param>
    /// <param name="served">The result of <see cref="ReadServedAsync"/>.</param>
    /// <param name="hash">Hash to which the managers were switched.</param>
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

    /// <summary>Switches one manager back, without a watch and not cancelled with the command.</summary>
    private async Task<SwitchResult> SwitchBackAsync(IManagerClient manager, string before)
    {
        try
        {
            return await manager.SwitchAsync(before, by, TimeSpan.Zero, CancellationToken.None);
        }
        catch (ManagerCallException exception) when (exception.IsAnswer)
        {
            // The container may have been stopped meanwhile, so it is launched again.
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
                // Only the display of progress is lost; the launch call itself reports how it ended.
            }
        }
    }

    private void ThrowIfAny<T>(IEnumerable<Outcome<T>> outcomes, string consequence)
        where T : class
    {
        var failed = outcomes.Where(outcome => outcome.Failure is not null).ToList();
        if (failed is [var only] && managers.Count == 1)
        {
            // With a single manager the last line of the command has the cause; a line of its own would repeat it.
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
