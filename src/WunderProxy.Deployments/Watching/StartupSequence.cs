using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Launching;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Switching;

namespace WunderProxy.Deployments.Watching;

/// <summary>
/// The order of a start: what the local record names, if it runs and answers, without the store; then, once the store
/// answers, its current launch config if it is another than was last seen.
/// </summary>
internal sealed class StartupSequence(
    Application application,
    ContainerAdopter adopter,
    OldToolAdopter oldTool,
    ContainerLauncher launcher,
    ContainerChecker checker,
    ContainerRetirer retirer,
    TrafficSwitcher switcher)
{
    private const string By = "start";
    private const string Topic = "start";

    private string _lastFailure = "";

    /// <summary>Rebuilds the table from the engine and serves the recorded container if it is healthy.</summary>
    /// <exception cref="EngineUnavailableException">The engine is away.</exception>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        await adopter.AdoptOwnAsync(cancellationToken);
        if (application.Table.Current is { } current
            && (await checker.CheckOnceAsync(current, cancellationToken)).IsHealthy)
        {
            await switcher.RestoreAsync(current, cancellationToken);
        }
    }

    /// <summary>Reads what the store says; outside the operation gate, which must not wait for a store that hangs.</summary>
    /// <exception cref="ObjectStoreException">The store is away.</exception>
    public async Task<StoreReading> ReadStoreAsync(CancellationToken cancellationToken)
    {
        var record = application.Record.Current;
        var history = (await application.History.LoadOrExplainAsync(cancellationToken)).History;
        await TryWritesAsync(cancellationToken);
        var current = await FindCurrentAsync(cancellationToken);
        application.Faults.Hit("read");
        return new StoreReading(record, history, current);
    }

    /// <summary>Follows the store: adopts containers of the old tool, and deploys what others made current meanwhile.</summary>
    /// <param name="read">What the store says.</param>
    /// <param name="progress">Hears of a launch.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False when it is to be tried again: nothing serves, or a deploy has come in between.</returns>
    /// <exception cref="ObjectStoreException">The store is away.</exception>
    /// <exception cref="EngineUnavailableException">The engine is away.</exception>
    public async Task<bool> FollowStoreAsync(
        StoreReading read, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        if (!read.IsFresh(application.Record.Current))
        {
            return false;
        }

        var (history, current) = (read.History, read.Current);
        var old = await oldTool.AdoptAsync(history, current, cancellationToken);
        if (application.Table.Current is { Address: null } recorded
            && (await checker.CheckOnceAsync(recorded, cancellationToken)).IsHealthy)
        {
            await switcher.RestoreAsync(recorded, cancellationToken);
        }

        var isDone = current is null || await DeployAsync(current, progress, cancellationToken);
        if (isDone && application.Traffic.Current is not null)
        {
            foreach (var deployment in old)
            {
                retirer.BeginRetire(deployment);
            }
        }

        return isDone;
    }

    /// <summary>Tries how the store can be written; one that may only be read is followed like any other.</summary>
    private async Task TryWritesAsync(CancellationToken cancellationToken)
    {
        try
        {
            application.Notices.Warn("conditional", await application.History.HasConditionalWritesAsync(cancellationToken)
                ? null
                : "the store has no conditional writes: deployers are kept apart by a lease object");
        }
        catch (ObjectStoreException fault) when (fault.IsWriteDenied)
        {
            application.Store.Failed(fault);
        }
    }

    private async Task<LaunchConfig?> FindCurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await application.Configs.FindCurrentAsync(cancellationToken);
        }
        catch (InvalidLaunchConfigException fault)
        {
            application.Notices.Warn(Topic, "current.json in the store is not a launch config", fault.Message);
            return null;
        }
    }

    private async Task<bool> DeployAsync(
        LaunchConfig current, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        var record = application.Record.Current;
        if (record.Rejected.LastOrDefault(rejected => rejected.Hash == current.Hash.Value) is { } rejection)
        {
            // Its deployer wrote the history after the guard had undone the switch, or the store may only be read.
            application.Notices.Warn(
                Topic,
                $"the store's current revision {current.Revision} ({current.Hash.Brief}) is not launched: the guard switched"
                + $" back from it at {rejection.At:O} ({rejection.Reason}); deploy it again to try it again");
            return true;
        }

        if (record.Seen == current.Hash.Value)
        {
            return true;
        }

        if (record.Hash != current.Hash.Value && !await TryDeployAsync(current, record.Hash, progress, cancellationToken))
        {
            return record.Hash.Length > 0;
        }

        application.Record.TryUpdate(r => r with { Seen = current.Hash.Value });
        application.Notices.Warn(Topic, null);
        return true;
    }

    private async Task<bool> TryDeployAsync(
        LaunchConfig current, string fromHash, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        var started = application.Events.Create(EventType.Switch, By) with
        {
            Revision = current.Revision,
            Hash = current.Hash.Value,
            FromHash = fromHash,
        };
        try
        {
            var launched = await launcher.LaunchAsync(current, progress, cancellationToken);
            await switcher.SwitchAsync(
                launched.Deployment, current.Bytes.ToArray(), null, Task.CompletedTask, cancellationToken);
        }
        catch (Exception fault) when (fault is not EngineUnavailableException && DeploymentFaults.Translate(fault) is not null)
        {
            var known = DeploymentFaults.Translate(fault)!;
            application.Notices.Warn(
                Topic, $"the store's current revision {current.Revision} cannot be launched ({known.Code})", known.Message);
            DeploymentLog.OperationFailed(application.Log, By, current.Hash.Value, By, known.Code, known.Message);
            if (_lastFailure != known.Message)
            {
                // Tried again and again until something serves: told once.
                _lastFailure = known.Message;
                await application.Events.RecordAsync(started with { Type = EventType.Failure, Result = known.Code, Reason = known.Message });
            }

            return false;
        }

        await application.Events.RecordAsync(started with { At = application.Clock.GetUtcNow() });
        return true;
    }
}
