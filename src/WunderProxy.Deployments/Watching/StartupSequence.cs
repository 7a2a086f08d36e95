using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Launching;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Statistics;
using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Switching;

namespace WunderProxy.Deployments.Watching;

/// <summary>
/// The order of a start. First, without the store, the container that the local record names is served, if it runs and
/// answers. Once the store answers, its current launch config is followed if it differs from the one last seen.
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

    /// <summary>Rebuilds the table from the engine, and serves the recorded container if it is healthy.</summary>
    /// <exception cref="EngineUnavailableException">The engine does not answer.</exception>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        await adopter.AdoptOwnAsync(cancellationToken);
        if (application.Table.Current is { } current
            && (await checker.CheckOnceAsync(current, cancellationToken)).IsHealthy)
        {
            await switcher.RestoreAsync(current, cancellationToken);
        }
    }

    /// <summary>Reads the store, outside the operation gate, which must not wait for a store that hangs.</summary>
    /// <exception cref="ObjectStoreException">The store does not answer.</exception>
    public async Task<StoreReading> ReadStoreAsync(CancellationToken cancellationToken)
    {
        var record = application.Record.Current;
        var history = (await application.History.LoadOrExplainAsync(cancellationToken)).History;
        await TryWritesAsync(cancellationToken);
        var current = await FindCurrentAsync(cancellationToken);
        application.Faults.Hit("read");
        return new StoreReading(record, history, current);
    }

    /// <summary>
    /// Follows the store: adopts containers of the old tool, and deploys what others have made current meanwhile.
    /// </summary>
    /// <param name="read">The result of reading the store.</param>
    /// <param name="progress">Receives the progress of a launch.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>False if the step must be repeated, because nothing serves or a deploy came in between.</returns>
    /// <exception cref="ObjectStoreException">The store does not answer.</exception>
    /// <exception cref="EngineUnavailableException">The engine does not answer.</exception>
    public async Task<bool> FollowStoreAsync(
        StoreReading read, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        if (!read.IsFresh(application.Record.Current))
        {
            return false;
        }

        var (history, current) = (read.History, read.Current);
        var old = await oldTool.AdoptAsync(history, current, cancellationToken);
        if (application.Table.Current is { Replica.Address: null } recorded
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

    /// <summary>Tests how the store can be written; a store that may only be read is followed like any other.</summary>
    private async Task TryWritesAsync(CancellationToken cancellationToken)
    {
        try
        {
            application.Notices.Warn("conditional", await application.History.HasConditionalWritesAsync(cancellationToken)
                ? null
                : "the store has no conditional writes: deployers are kept apart by a lease object");
        }
        catch (ObjectStoreException exception) when (exception.IsWriteDenied)
        {
            application.Store.Failed(exception);
        }
    }

    private async Task<LaunchConfig?> FindCurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await application.Configs.FindCurrentAsync(cancellationToken);
        }
        catch (InvalidLaunchConfigException exception)
        {
            application.Notices.Warn(Topic, "current.json in the store is not a launch config", exception.Message);
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
                + $" back from it at {rejection.At:O}; deploy it again to try it again",
                rejection.Reason);
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
        var began = application.Clock.GetTimestamp();
        SwitchOutcome done;
        try
        {
            var launched = await launcher.LaunchAsync(current, progress, cancellationToken);
            done = await switcher.SwitchAsync(
                launched.Deployment, current, null, Task.CompletedTask, cancellationToken);
            application.Statistics.Switches.Count(By, LifecycleStatistics.Switched);
        }
        catch (Exception exception) when (exception is not EngineUnavailableException && DeploymentFaults.Translate(exception) is not null)
        {
            var known = DeploymentFaults.Translate(exception)!;
            application.Statistics.Switches.Count(By, LifecycleStatistics.Failed);
            application.Notices.Warn(
                Topic, $"the store's current revision {current.Revision} cannot be launched ({known.Code})", known.Message);
            DeploymentLog.OperationFailed(application.Log, By, current.Hash.Value, By, known.Code, known.Message);
            if (_lastFailure != known.Message)
            {
                // The launch is tried repeatedly until something serves, but the failure is logged once.
                _lastFailure = known.Message;
                await application.Events.RecordAsync(started with
                {
                    Type = EventType.Failure,
                    Result = known.Code,
                    Reason = known.Message,
                    Seconds = SecondsSince(began),
                });
            }

            return false;
        }

        await application.Events.RecordAsync(started with
        {
            At = application.Clock.GetUtcNow(),
            Seconds = SecondsSince(began),
            Measured = done.Measured,
        });
        return true;
    }

    private double SecondsSince(long began) => Math.Round(application.Clock.GetElapsedTime(began).TotalSeconds, 3);
}
