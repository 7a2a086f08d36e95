using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Lifecycle;
using WunderProxy.Deployments.Storage;
using WunderProxy.Managers;

namespace WunderProxy.Cli;

/// <summary>
/// One deploy or rollback by command: the store knows the launch config before any manager does, the history is written
/// once, after all of them have switched.
/// </summary>
internal sealed class DeploymentRun(
    IObjectStore store, string prefix, IReadOnlyList<ManagerClient> managers, string by, IFleetReport report)
    : IDisposable
{
    private const int HistoryTries = 5;
    private static readonly TimeSpan HistoryPause = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly LaunchConfigRepository _configs = new(store, prefix);
    private readonly HistoryRepository _history = new(store, prefix, TimeProvider.System);

    /// <summary>Stores, launches, switches and records a launch config.</summary>
    /// <exception cref="CommandFailedException">It is not in service, or not recorded.</exception>
    public async Task<DeploymentSummary> DeployAsync(LaunchConfig config, CancellationToken cancellationToken)
    {
        var startedAt = _clock.GetUtcNow();
        await using var claim = await _history.ClaimAsync(by, cancellationToken);
        await _configs.AddAsync(config, cancellationToken);
        var intent = DeploymentIntent.Deploy(config, by, startedAt);
        return await RunAsync("deployed", intent, claim, ServedByFleet, cancellationToken);
    }

    /// <summary>Launches, switches to and records an earlier entry.</summary>
    /// <param name="target">A hash, a revision, or empty for the entry before the one in service.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandFailedException">It is not in service, or not recorded.</exception>
    public async Task<DeploymentSummary> RollbackAsync(string target, CancellationToken cancellationToken)
    {
        var startedAt = _clock.GetUtcNow();
        await using var claim = await _history.ClaimAsync(by, cancellationToken);
        var served = await ServedByFleet(cancellationToken);
        var entry = await FindTargetAsync(target, served, cancellationToken);
        var intent = DeploymentIntent.Rollback(entry, by, startedAt);
        return await RunAsync(
            "rolled back to", intent, claim, _ => Task.FromResult(served), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var manager in managers)
        {
            manager.Dispose();
        }
    }

    private FleetDeployment Fleet => new(managers, by, report, _clock);

    private async Task<DeploymentSummary> RunAsync(
        string action,
        DeploymentIntent intent,
        HistoryClaim claim,
        Func<CancellationToken, Task<IReadOnlyList<string>>> readServed,
        CancellationToken cancellationToken)
    {
        var start = _clock.GetTimestamp();
        var served = await readServed(cancellationToken);
        try
        {
            var launched = await Fleet.RunAsync(intent.Hash, served, cancellationToken);
            await RecordAsync(intent with { FromHash = served[0] }, claim);
            var seconds = Math.Round(_clock.GetElapsedTime(start).TotalSeconds, 3);
            return new DeploymentSummary(
                action, intent.Hash, intent.Revision, [.. launched.Select(SummaryOf)], seconds);
        }
        catch (FleetException exception)
        {
            await TryRecordEventAsync(FailureOf(intent, exception.Message));
            throw new CommandFailedException(exception.Message);
        }
    }

    private async Task<IReadOnlyList<string>> ServedByFleet(CancellationToken cancellationToken)
    {
        try
        {
            return await Fleet.ReadServedAsync(cancellationToken);
        }
        catch (FleetException exception)
        {
            throw new CommandFailedException(exception.Message);
        }
    }

    private async Task<HistoryEntry> FindTargetAsync(
        string target, IReadOnlyList<string> served, CancellationToken cancellationToken)
    {
        var history = await _history.LoadAsync(cancellationToken);
        var inService = await FindConfigAsync(served[0], cancellationToken);
        var named = await FindConfigAsync(target, cancellationToken);
        return history.FindTarget(target, inService, named);
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

    /// <summary>All managers have switched: the history must follow, whatever it takes within reason.</summary>
    private async Task RecordAsync(DeploymentIntent intent, HistoryClaim claim)
    {
        HistoryEntry? entry;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                entry = await claim.ApplyAsync(intent, CancellationToken.None);
                break;
            }
            catch (Exception exception)
                when (attempt < HistoryTries && exception is ObjectStoreException or LeaseHeldException)
            {
                await Task.Delay(HistoryPause * attempt, _clock);
            }
            catch (Exception exception) when (exception is ObjectStoreException or LeaseHeldException)
            {
                throw new CommandFailedException(
                    $"{intent.Revision} is in service on all managers, but the history was not written: "
                    + exception.Message);
            }
        }

        await TryRecordEventAsync(intent.ToEvent(entry));
    }

    private async Task TryRecordEventAsync(DeploymentEvent happened)
    {
        try
        {
            await new EventLog(store, prefix).RecordAsync(happened, CancellationToken.None);
        }
        catch (ObjectStoreException exception)
        {
            report.Tell(store.Description, $"the event was not written: {exception.Message}");
        }
    }

    private static DeploymentEvent FailureOf(DeploymentIntent intent, string reason) =>
        intent.ToEvent(entry: null) with { Type = EventType.Failure, Result = "failed", Reason = reason };

    private ManagerSummary SummaryOf(LaunchResult result, int index) =>
        new(managers[index].Name, result.Container, result.Address, result.Method, Math.Round(result.Seconds, 3));
}
