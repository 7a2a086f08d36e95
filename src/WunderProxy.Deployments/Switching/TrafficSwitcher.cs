using System.Net;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Switching;

/// <summary>
/// Moves traffic under the slot guard: writes the record first, then changes the slot, then the states.
/// </summary>
internal sealed class TrafficSwitcher(Application application, ContainerRetirer retirer)
{
    private readonly SwitchMeter _meter = new(application);

    /// <summary>Sends traffic to a deployment that was just found healthy, and drains the previous deployment.</summary>
    /// <param name="next">The deployment to switch to, which is ready or still draining.</param>
    /// <param name="config">Its launch config; null if it is not available.</param>
    /// <param name="intent">What the history is to be told; null if another deployer writes the history.</param>
    /// <param name="hold">The previous container keeps running until this completes.</param>
    /// <param name="cancellationToken">Cancels before the switch.</param>
    /// <returns>The deployment that was current before, and what was measured.</returns>
    /// <exception cref="DeploymentException">The deployment was retired meanwhile.</exception>
    /// <exception cref="StateUnwritableException">The record cannot be written; nothing was switched.</exception>
    public async Task<SwitchOutcome> SwitchAsync(
        Deployment next, LaunchConfig? config, DeploymentIntent? intent, Task hold, CancellationToken cancellationToken)
    {
        await application.SlotGuard.WaitAsync(cancellationToken);
        try
        {
            return Switch(next, config, intent, hold, record => record);
        }
        finally
        {
            application.SlotGuard.Release();
        }
    }

    /// <summary>Undoes a switch, without taking the operation gate.</summary>
    /// <param name="done">The switch to undo; the deployment before is still draining.</param>
    /// <param name="rejected">What the record keeps about the verdict.</param>
    /// <param name="undo">What the history is to be told.</param>
    /// <returns>What was measured; null if another deployment has been switched to meanwhile.</returns>
    /// <exception cref="DeploymentException">The previous deployment does not run any more.</exception>
    /// <exception cref="StateUnwritableException">The record cannot be written; nothing was switched.</exception>
    public async Task<SwitchOutcome?> UndoAsync(GuardedSwitch done, RejectedConfig rejected, DeploymentIntent undo)
    {
        await application.SlotGuard.WaitAsync();
        try
        {
            if (application.Table.Current != done.Next)
            {
                return null;
            }

            return Switch(done.Previous, done.PreviousConfig, undo, Task.CompletedTask, record => record with
            {
                Seen = done.Before.Seen,
                Rejected = [.. record.Rejected.Where(r => r.Hash != rejected.Hash).Append(rejected).TakeLast(RejectedConfig.MaxCount)],
            });
        }
        finally
        {
            application.SlotGuard.Release();
        }
    }

    /// <summary>
    /// Puts the recorded container, which was found healthy at the start, into the slot, or updates the slot to its new
    /// address.
    /// </summary>
    public async Task<bool> RestoreAsync(Deployment current, CancellationToken cancellationToken)
    {
        await application.SlotGuard.WaitAsync(cancellationToken);
        try
        {
            if (current.Target is null || application.Table.Current != current)
            {
                return false;
            }

            current.See(replica => replica.AsHealthy());
            Follow(current);
            return true;
        }
        finally
        {
            application.SlotGuard.Release();
        }
    }

    /// <summary>
    /// Empties the slot if this deployment is still current, because its address may be given to another container.
    /// </summary>
    /// <param name="dead">The deployment whose container ended.</param>
    /// <param name="exitCode">Exit code of the container; null if unknown.</param>
    /// <param name="cancellationToken">Cancels the wait for the slot guard.</param>
    public async Task ClearAsync(Deployment dead, long? exitCode, CancellationToken cancellationToken)
    {
        await application.SlotGuard.WaitAsync(cancellationToken);
        try
        {
            if (dead.State == DeploymentState.Current && dead.Replica.Address is not null)
            {
                application.Traffic.Clear();
                dead.See(replica => replica.AsUnhealthy("its container does not run") with { Address = null });
                application.Incidents.Note(Incident.Died, dead.Revision, exitCode);
                DeploymentLog.CurrentDied(application.Log, dead.Replica.Name);
            }
        }
        finally
        {
            application.SlotGuard.Release();
        }
    }

    /// <summary>Performs the switch, under the slot guard.</summary>
    private SwitchOutcome Switch(
        Deployment next,
        LaunchConfig? config,
        DeploymentIntent? intent,
        Task hold,
        Func<LifecycleRecord, LifecycleRecord> andRecord)
    {
        if (!next.IsUp || next.Replica.Address is null)
        {
            throw new DeploymentException(DeploymentError.NotRunning, $"the container of {next.Revision} does not run any more");
        }

        var previous = application.Table.Current;
        var now = application.Clock.GetUtcNow();
        var before = application.Record.Current;
        var measured = previous == next ? null : Measure(next, previous, before);
        intent = intent is null ? null : intent with { Measured = measured };
        application.Record.Update(
            record => andRecord(Recorded(record, next, previous == next ? null : previous, config, intent, now)));
        if (config is not null)
        {
            next.Know(config);
        }

        if (previous == next)
        {
            // The container may have come back since it was found dead, without traffic being sent to it again.
            Follow(next);
            return new SwitchOutcome(null, null);
        }

        var drain = Exchange(next, before);

        // Traffic goes to the new container: from here on nothing may fail.
        application.AfterSwitch.Try("noting the switch", () => MoveStates(next, previous, drain, now));
        application.AfterSwitch.Try("keeping the switch", () => Keep(next, previous, intent, drain, now));
        if (previous is not null)
        {
            application.AfterSwitch.Try("beginning the drain", () => retirer.BeginDrain(previous, hold));
        }

        return new SwitchOutcome(previous, measured);
    }

    /// <summary>Measures both deployments; that the statistics fail does not fail the switch.</summary>
    private SwitchMeasurement? Measure(Deployment next, Deployment? previous, LifecycleRecord before)
    {
        SwitchMeasurement? measured = null;
        application.AfterSwitch.Try("measuring for the event", () => measured = _meter.Measure(next, previous, before));
        return measured;
    }

    private static LifecycleRecord Recorded(
        LifecycleRecord record, Deployment next, Deployment? previous, LaunchConfig? config, DeploymentIntent? intent, DateTimeOffset now)
    {
        var earlier = record.Earlier.Where(entry => entry.Container != next.Replica.Id.Value && entry.Container != previous?.Replica.Id.Value);
        if (previous is not null)
        {
            earlier = earlier.Append(previous.ToRecord(now));
        }

        return record with
        {
            Hash = next.Hash.Value,
            Container = next.Replica.Id.Value,
            Since = record.Container == next.Replica.Id.Value ? record.Since : now,
            Config = config?.Bytes.ToArray() ?? (record.Hash == next.Hash.Value ? record.Config : []),
            Launched = [.. record.Launched.Where(entry => entry.Container != next.Replica.Id.Value)],
            Earlier = [.. earlier],
            Intents = intent is null ? record.Intents : [.. record.Intents, intent],

            // A launch config that is switched to again is no longer rejected.
            Rejected = [.. record.Rejected.Where(rejected => rejected.Hash != next.Hash.Value)],
        };
    }

    /// <summary>
    /// Exchanges the slot. If that fails and traffic still goes where it went, the record is restored.
    /// </summary>
    private ITrafficDrain? Exchange(Deployment next, LifecycleRecord before)
    {
        var target = next.Target!;
        try
        {
            return application.Traffic.Switch(target);
        }
        catch (Exception) when (application.Traffic.Current != target)
        {
            application.Record.TryUpdate(_ => before);
            throw;
        }
        catch (Exception exception)
        {
            application.AfterSwitch.Note("exchanging the upstream", exception);
            return null;
        }
    }

    private void MoveStates(Deployment next, Deployment? previous, ITrafficDrain? drain, DateTimeOffset now)
    {
        if (previous is not null)
        {
            var handle = new DrainHandle(
                drain ?? new NothingInFlight(TargetOf(previous)),
                new CancellationTokenSource(),
                now,
                application.Clock.GetTimestamp());
            application.AfterSwitch.Try("noting what drains", () => previous.BeginDraining(handle));
        }

        next.See(replica => replica.AsHealthy());
        application.AfterSwitch.Try("noting what is current", () => next.MoveTo(DeploymentState.Current));
        application.Faults.Hit("slot-exchanged");
        DeploymentLog.Switched(application.Log, next.Replica.Address!.ToString(), next.Replica.Name, next.Revision, next.Hash.Value);
    }

    /// <summary>Keeps what is known of the switch, so that it can be explained; the operation adds the rest.</summary>
    private void Keep(Deployment next, Deployment? previous, DeploymentIntent? intent, ITrafficDrain? drain, DateTimeOffset now)
    {
        application.Incidents.Note(new Incident(now, EventType.Switch, next.Revision) { Detail = previous?.Revision ?? "" });
        application.LastSwitch.Note(new SwitchRecord
        {
            At = now,
            Kind = intent?.Origin == IntentOrigin.Guard ? EventType.GuardRollback : "",
            By = intent?.Origin == IntentOrigin.Guard ? intent.By : "",
            Hash = next.Hash.Value,
            Revision = next.Revision,
            FromHash = previous?.Hash.Value ?? "",
            FromRevision = previous?.Revision ?? "",
            Before = previous is null ? null : application.Measure(previous),
            Drain = drain is null ? null : new DrainOutcome(DrainOutcome.Draining, drain.InFlight),
        });
    }

    /// <summary>
    /// Sends traffic to the last known address of the current container, if it goes elsewhere or nowhere.
    /// </summary>
    private void Follow(Deployment current)
    {
        if (current.Target is { } target && application.Traffic.Current != target)
        {
            // The slot is empty, unless nobody has noticed the container's death; in that case the old address may
            // still answer.
            if (application.Traffic.Switch(target) is { } drain)
            {
                retirer.BeginDrain(drain);
            }

            application.Incidents.Note(Incident.Back, current.Revision);
            DeploymentLog.CurrentBack(application.Log, current.Replica.Name, ContainerAddress.Format(target.EndPoint));
        }
    }

    /// <summary>Returns the target to which a deployment's traffic went; its container may be dead by now.</summary>
    private static TrafficTarget TargetOf(Deployment deployment) => deployment.Target ?? new TrafficTarget(
        new IPEndPoint(IPAddress.None, 0), deployment.Replica.Id.Value, deployment.Hash, deployment.Revision);
}
