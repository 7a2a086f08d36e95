using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>
/// Watches a new upstream for a while after the switch, with the one before kept up, and switches back when the new one
/// is clearly worse: it dies or restarts, answers more errors, or is much slower.
/// </summary>
internal sealed class SwitchGuard(
    LifecycleContext context, TrafficSwitcher switcher, EventRecorder events, HistoryRecorder history, ITrafficMeter? meter)
{
    /// <summary>Who, in history and events.</summary>
    public const string By = "guard";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Begins to watch; ends by itself.</summary>
    public void Begin(GuardedSwitch done, TimeSpan duration)
    {
        // The baseline is taken at once: what still drains on the old one must not blur it.
        var before = Measure(done.Previous);
        _ = WatchAsync(done, before, duration);
    }

    private async Task WatchAsync(GuardedSwitch done, TrafficReport? before, TimeSpan duration)
    {
        context.Faults.Enter("guard");
        try
        {
            if (await FindEvidenceAsync(done.Next, before, duration) is { } evidence)
            {
                await SwitchBackAsync(done, evidence);
            }
        }
        catch (ObjectDisposedException)
        {
            // The process ends; what was switched stays switched.
        }
        catch (Exception fault)
        {
            DeploymentLog.BackgroundFailed(context.Log, fault);
        }
        finally
        {
            done.Hold.TrySetResult();
        }
    }

    private async Task<string?> FindEvidenceAsync(Deployment next, TrafficReport? before, TimeSpan duration)
    {
        var began = context.Clock.GetTimestamp();
        var startedAt = next.StartedAt;
        var slowness = new SlownessWatch(duration);
        while (context.Clock.GetElapsedTime(began) is var elapsed && elapsed < duration)
        {
            await Task.Delay(LookInterval, context.Clock, CancellationToken.None);
            if (next.State != DeploymentState.Current)
            {
                return null;
            }

            if (next.Address is null || next.StartedAt != startedAt)
            {
                return "its container died or restarted";
            }

            if (before is null || Measure(next) is not { } now)
            {
                continue;
            }

            if ((GuardVerdict.FindErrors(before, now) ?? slowness.Look(elapsed, before, now)) is { } evidence)
            {
                return evidence;
            }
        }

        return null;
    }

    /// <summary>Needs no store: with it away the history is written later.</summary>
    private async Task SwitchBackAsync(GuardedSwitch done, string evidence)
    {
        var (next, previous) = (done.Next, done.Previous);
        var undo = CreateUndo(done);
        if (!await switcher.UndoAsync(next, previous, done.PreviousConfig, undo))
        {
            return;
        }

        DeploymentLog.GuardActed(context.Log, next.Hash, previous.Hash, evidence);
        await events.RecordAsync(events.Create(EventType.GuardRollback, By) with
        {
            Revision = previous.Revision,
            Hash = previous.Hash,
            FromHash = next.Hash,
            Reason = evidence,
        });
        context.Notices.Warn("guard", $"the guard switched back from {next.Revision} to {previous.Revision}: {evidence}");
        if (undo is not null)
        {
            await WriteAsync(done.Intent!, undo);
        }
    }

    /// <summary>Takes the entry of the switch out again; after a rollback, which made none, tells what serves now.</summary>
    private DeploymentIntent? CreateUndo(GuardedSwitch done)
    {
        var now = context.Clock.GetUtcNow();
        var undo = done.Intent switch
        {
            { Kind: DeploymentKind.Deploy } deploy => DeploymentIntent.Withdraw(deploy, By, now),
            { } when LaunchConfig.Find(done.PreviousConfig) is { } previous => DeploymentIntent.Deploy(previous, By, now),
            _ => null,
        };
        return undo is null ? null : undo with { FromHash = done.Previous.Hash };
    }

    private async Task WriteAsync(DeploymentIntent intent, DeploymentIntent undo)
    {
        try
        {
            await using var claim = await context.History.ClaimAsync(By, CancellationToken.None);

            // The guard may be quicker than the deploy, whose entry has to be there first.
            if (await history.CompleteAsync(intent, claim, CancellationToken.None))
            {
                await history.CompleteAsync(undo, claim, CancellationToken.None);
            }
        }
        catch (Exception fault) when (fault is ObjectStoreException or LeaseHeldException)
        {
            // Both intents wait in the record, in order.
            context.Notices.Store.Open(fault.Message);
        }
    }

    private TrafficReport? Measure(Deployment deployment) =>
        deployment.Address is { } address
            ? meter?.Measure(new TrafficTarget(address.EndPoint, deployment.ContainerId, deployment.Hash, deployment.Revision))
            : null;
}
