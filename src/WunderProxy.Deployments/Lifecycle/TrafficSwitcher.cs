using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>Moves traffic: record first, then the slot, then the states; all under the slot guard.</summary>
internal sealed class TrafficSwitcher(LifecycleContext context, ContainerRetirer retirer)
{
    /// <summary>Sends traffic to a deployment that was just found healthy, and drains the one before.</summary>
    /// <param name="next">Ready, or still draining.</param>
    /// <param name="config">Bytes of its launch config; empty when they cannot be had.</param>
    /// <param name="intent">What the history is to be told; null when somebody else tells it.</param>
    /// <param name="hold">The one before stays up until then.</param>
    /// <param name="cancellationToken">Gives up before the switch.</param>
    /// <returns>The one that was current before; null for none, or when nothing changed.</returns>
    /// <exception cref="DeploymentException">It was retired meanwhile.</exception>
    /// <exception cref="StateUnwritableException">The record cannot be written: nothing was switched.</exception>
    public async Task<Deployment?> SwitchAsync(
        Deployment next, byte[] config, DeploymentIntent? intent, Task hold, CancellationToken cancellationToken)
    {
        await context.SlotGuard.WaitAsync(cancellationToken);
        try
        {
            return Switch(next, config, intent, hold);
        }
        finally
        {
            context.SlotGuard.Release();
        }
    }

    /// <summary>Undoes a switch, without the operation gate.</summary>
    /// <param name="failing">What was switched to.</param>
    /// <param name="earlier">What was current before it; still draining.</param>
    /// <param name="config">Bytes of its launch config; empty when they are not known.</param>
    /// <param name="intent">What the history is to be told; null for nothing.</param>
    /// <returns>Whether it was undone; not when somebody has switched to another one meanwhile.</returns>
    /// <exception cref="DeploymentException">The earlier one does not run any more.</exception>
    /// <exception cref="StateUnwritableException">The record cannot be written: nothing was switched.</exception>
    public async Task<bool> UndoAsync(Deployment failing, Deployment earlier, byte[] config, DeploymentIntent? intent)
    {
        await context.SlotGuard.WaitAsync();
        try
        {
            if (context.Table.Current != failing)
            {
                return false;
            }

            Switch(earlier, config, intent, Task.CompletedTask);
            return true;
        }
        finally
        {
            context.SlotGuard.Release();
        }
    }

    /// <summary>Puts the recorded container, found healthy at a start, into the slot; or follows its new address.</summary>
    public async Task<bool> RestoreAsync(Deployment current, CancellationToken cancellationToken)
    {
        await context.SlotGuard.WaitAsync(cancellationToken);
        try
        {
            if (current.Address is null || (context.Table.Current is { } other && other != current))
            {
                return false;
            }

            if (current.State != DeploymentState.Current)
            {
                current.MoveTo(DeploymentState.Current);
            }

            current.WasCurrent = true;
            current.Health = "healthy";
            var target = TargetOf(current);
            if (context.Traffic.Current != target)
            {
                // Nothing useful can still be in flight on an address that the container has left.
                _ = context.Traffic.Switch(target)?.DrainAsync(TimeSpan.Zero, TimeSpan.Zero, CancellationToken.None);
                DeploymentLog.CurrentBack(context.Log, current.ContainerName, current.Address.ToString());
            }

            return true;
        }
        finally
        {
            context.SlotGuard.Release();
        }
    }

    /// <summary>Empties the slot, if this one still is current: its address may be given away.</summary>
    public async Task ClearAsync(Deployment dead, CancellationToken cancellationToken)
    {
        await context.SlotGuard.WaitAsync(cancellationToken);
        try
        {
            if (dead.State == DeploymentState.Current && dead.Address is not null)
            {
                context.Traffic.Clear();
                dead.Address = null;
                dead.SetUnhealthy("its container does not run");
                DeploymentLog.CurrentDied(context.Log, dead.ContainerName);
            }
        }
        finally
        {
            context.SlotGuard.Release();
        }
    }

    /// <summary>The switch itself, under the slot guard.</summary>
    private Deployment? Switch(Deployment next, byte[] config, DeploymentIntent? intent, Task hold)
    {
        if (!next.IsUp || next.Address is null)
        {
            throw new DeploymentException(DeploymentError.NotRunning, $"the container of {next.Revision} does not run any more");
        }

        var previous = context.Table.Current;
        var now = context.Clock.GetUtcNow();
        context.Record.Update(record => Recorded(record, next, previous == next ? null : previous, config, intent, now));
        if (previous == next)
        {
            return null;
        }

        Exchange(next, previous, now, hold);
        return previous;
    }

    private static LifecycleRecord Recorded(
        LifecycleRecord record, Deployment next, Deployment? previous, byte[] config, DeploymentIntent? intent, DateTimeOffset now)
    {
        var earlier = record.Earlier.Where(entry => entry.Container != next.ContainerId && entry.Container != previous?.ContainerId);
        if (previous is not null)
        {
            earlier = earlier.Append(new ContainerRecord(previous.ContainerId, previous.Hash, previous.Revision, now));
        }

        return record with
        {
            Hash = next.Hash,
            Container = next.ContainerId,
            Since = record.Container == next.ContainerId ? record.Since : now,
            Config = config.Length > 0 || record.Hash != next.Hash ? config : record.Config,
            Launched = [.. record.Launched.Where(entry => entry.Container != next.ContainerId)],
            Earlier = [.. earlier],
            Intents = intent is null ? record.Intents : [.. record.Intents, intent],
        };
    }

    private void Exchange(Deployment next, Deployment? previous, DateTimeOffset now, Task hold)
    {
        var drain = context.Traffic.Switch(TargetOf(next));
        context.Faults.Hit("slot-exchanged");
        next.Drain?.Cancellation.Cancel();
        next.Drain = null;
        if (previous is not null)
        {
            previous.MoveTo(DeploymentState.Draining);
            previous.UsedAt = now;
            previous.Drain = new DrainHandle(drain ?? new NothingInFlight(TargetOf(previous)), new CancellationTokenSource(), now);
        }

        next.MoveTo(DeploymentState.Current);
        next.WasCurrent = true;
        next.Health = "healthy";
        DeploymentLog.Switched(context.Log, next.Address!.ToString(), next.ContainerName, next.Revision, next.Hash);
        if (previous is not null)
        {
            retirer.BeginDrain(previous, hold);
        }
    }

    private static TrafficTarget TargetOf(Deployment deployment) => new(
        deployment.Address?.EndPoint ?? new System.Net.IPEndPoint(System.Net.IPAddress.None, 0),
        deployment.ContainerId,
        deployment.Hash,
        deployment.Revision);
}
