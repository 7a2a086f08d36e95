using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Fleet;

/// <summary>
/// One deploy or rollback on all managers: stores the launch config before any manager launches it, and writes the
/// history once, after all managers have switched.
/// </summary>
internal sealed class DeploymentRun(
    IObjectStore store,
    string prefix,
    IReadOnlyList<IManagerClient> managers,
    string by,
    TimeSpan? guard,
    IFleetReport report,
    TimeProvider clock)
{
    private readonly LaunchConfigRepository _configs = new(store, prefix);
    private readonly HistoryRepository _history = new(store, prefix, clock);
    private readonly FleetDeployment _fleet = new(managers, by, report, clock);
    private readonly FleetHistory _records = new(store, prefix, by, report, clock);

    private string ManagerNames => string.Join(", ", managers.Select(manager => manager.Name));

    /// <summary>Stores, launches, switches and records a launch config.</summary>
    /// <exception cref="FleetException">
    /// The launch config is not in service, not recorded, or was judged worse than the earlier one.
    /// </exception>
    public async Task<DeploymentSummary> DeployAsync(LaunchConfig config, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        return await RunAsync("deployed", PrepareAsync, cancellationToken);

        async Task<(LaunchConfig Config, DeploymentIntent Intent)> PrepareAsync(IReadOnlyList<string> served)
        {
            await _configs.AddAsync(config, cancellationToken);
            return (config, DeploymentIntent.Deploy(config, by, startedAt) with { FromHash = served[0] });
        }
    }

    /// <summary>Launches, switches to and records an earlier history entry.</summary>
    /// <param name="target">A hash, a revision, or empty for the entry before the one in service.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="FleetException">
    /// The launch config is not in service, not recorded, or was judged worse than the earlier one.
    /// </exception>
    public async Task<DeploymentSummary> RollbackAsync(string target, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        return await RunAsync("rolled back to", PrepareAsync, cancellationToken);

        async Task<(LaunchConfig Config, DeploymentIntent Intent)> PrepareAsync(IReadOnlyList<string> served)
        {
            var entry = await FindTargetAsync(target, served, cancellationToken);
            var config = await FindConfigAsync(entry.Hash, cancellationToken) ?? throw new FleetException(
                $"the history entry of {entry.Revision} names no launch config in the store: its Hash is '{entry.Hash}'");
            return (config, DeploymentIntent.Rollback(entry, by, startedAt) with { FromHash = served[0] });
        }
    }

    private async Task<DeploymentSummary> RunAsync(
        string action,
        Func<IReadOnlyList<string>, Task<(LaunchConfig Config, DeploymentIntent Intent)>> prepareAsync,
        CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var claim = await _history.ClaimAsync(by, cancellationToken);
        IReadOnlyList<string> served;
        LaunchConfig config;
        DeploymentIntent intent;
        FleetSwitch done;
        try
        {
            // Read under the claim: until it is taken, another deployer may still switch the managers.
            served = await _fleet.ReadServedAsync(cancellationToken);
            (config, intent) = await prepareAsync(served);
            done = await SwitchAsync(config, intent, served, start, cancellationToken);

            // From here on all managers serve the launch config; failures must say so, and say what is not recorded.
            await _records.WriteAsync(intent with { Seconds = SecondsSince(start) }, claim, ManagerNames);
        }
        finally
        {
            // Released before the watch, because other deployers and the managers' guards may need it.
            await _records.GiveBackAsync(claim);
        }

        var seconds = SecondsSince(start);
        if (guard > TimeSpan.Zero)
        {
            await WatchAsync(config, intent, served, done, cancellationToken);
        }

        return new DeploymentSummary(
            action, config.Hash.Value, config.Revision, [.. done.Launched.Select(SummaryOf)], seconds);
    }

    private async Task<FleetSwitch> SwitchAsync(
        LaunchConfig config, DeploymentIntent intent, IReadOnlyList<string> served, long start, CancellationToken cancellationToken)
    {
        try
        {
            return await _fleet.RunAsync(config.Hash.Value, served, guard, cancellationToken);
        }
        catch (FleetException exception)
        {
            await _records.TellFailureAsync(intent with { Seconds = SecondsSince(start) }, exception.Message);
            throw;
        }
        catch (OperationCanceledException)
        {
            throw new FleetException(
                $"interrupted: nothing was switched; launches of {config.Revision} that have begun go on, and wait unused");
        }
    }

    private async Task WatchAsync(
        LaunchConfig config,
        DeploymentIntent intent,
        IReadOnlyList<string> served,
        FleetSwitch done,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<FleetVerdict> verdicts;
        try
        {
            verdicts = await new FleetGuard(managers, report, clock).WaitAsync(
                config.Hash.Value, done, guard!.Value, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            throw new FleetException(
                $"interrupted: {config.Revision} is in service on {ManagerNames} and recorded; the managers go on watching it, each for itself");
        }

        if (verdicts.FirstOrDefault(verdict => verdict.Kind == FleetVerdictKind.Worse) is { } worse)
        {
            await GoBackAsync(worse, config, intent, served);
        }

        var unknown = verdicts.Where(verdict => verdict.Kind == FleetVerdictKind.Unknown)
            .Select(verdict => $"{managers[verdict.Manager].Name} ({verdict.Reason})").ToArray();
        if (unknown.Length > 0)
        {
            throw new FleetException(
                $"{config.Revision} is recorded, but there is no verdict from {string.Join(", ", unknown)}: see 'wunderproxy status'");
        }
    }

    /// <summary>
    /// Sends all managers back after one of them found the launch config worse, and removes it from the history.
    /// </summary>
    private async Task GoBackAsync(
        FleetVerdict worse, LaunchConfig config, DeploymentIntent intent, IReadOnlyList<string> served)
    {
        var judge = managers[worse.Manager].Name;
        report.Fail(judge, $"found {config.Revision} worse: {worse.Reason}");
        await _fleet.SwitchBackAsync([.. Enumerable.Range(0, managers.Count)], served, config.Hash.Value);
        var before = served.FirstOrDefault(hash => hash.Length > 0) ?? string.Empty;
        var outcome = await _records.TakeOutAsync(intent, before);
        var message = $"{judge} found {config.Revision} worse: {worse.Reason}; all managers were sent back, and {outcome}";
        await _records.TellFailureAsync(intent, message);
        throw new FleetException(message);
    }

    private async Task<HistoryEntry> FindTargetAsync(
        string target, IReadOnlyList<string> served, CancellationToken cancellationToken)
    {
        var history = _history.LoadAsync(cancellationToken);
        var inService = FindConfigAsync(served[0], cancellationToken);
        var named = FindConfigAsync(target, cancellationToken);
        await Task.WhenAll(history, inService, named);
        return (await history).FindTarget(target, await inService, await named);
    }

    private async Task<LaunchConfig?> FindConfigAsync(string hash, CancellationToken cancellationToken)
    {
        try
        {
            return LaunchConfigReference.TryParse(hash, out var reference)
                ? await _configs.LoadAsync(reference, cancellationToken)
                : null;
        }
        catch (LaunchConfigNotFoundException)
        {
            return null;
        }
    }

    private double SecondsSince(long start) => Math.Round(clock.GetElapsedTime(start).TotalSeconds, 3);

    private ManagerSummary SummaryOf(LaunchResult result, int index) =>
        new(managers[index].Name, result.Container, result.Address, result.Method, Math.Round(result.Seconds, 3));
}
