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

    /// <summary>So many looks in a row must find it slow: one burst is none.</summary>
    private const int SlowLooks = 3;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Begins to watch; ends by itself.</summary>
    /// <param name="next">What is current now.</param>
    /// <param name="previous">What was before.</param>
    /// <param name="duration">How long.</param>
    /// <param name="intent">What the history was told of the switch; null when somebody else tells it.</param>
    /// <param name="hold">Completed at the end: the one before may be retired.</param>
    public void Begin(
        Deployment next, Deployment previous, TimeSpan duration, DeploymentIntent? intent, TaskCompletionSource hold)
    {
        // The baseline is taken at once: what still drains on the old one must not blur it.
        var before = Measure(previous);
        _ = WatchAsync(next, previous, before, duration, intent, hold);
    }

    private async Task WatchAsync(
        Deployment next,
        Deployment previous,
        TrafficReport? before,
        TimeSpan duration,
        DeploymentIntent? intent,
        TaskCompletionSource hold)
    {
        try
        {
            if (await FindEvidenceAsync(next, before, duration) is { } evidence)
            {
                await SwitchBackAsync(next, previous, intent, evidence);
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
            hold.TrySetResult();
        }
    }

    private async Task<string?> FindEvidenceAsync(Deployment next, TrafficReport? before, TimeSpan duration)
    {
        var began = context.Clock.GetTimestamp();
        var startedAt = next.StartedAt;
        var slowLooks = 0;
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

            if (GuardVerdict.FindErrors(before, now) is { } errors)
            {
                return errors;
            }

            // The first exchanges of a fresh process are slow in every revision, so times count from half-way on.
            var slowness = elapsed >= duration / 2 ? GuardVerdict.FindSlowness(before, now) : null;
            slowLooks = slowness is null ? 0 : slowLooks + 1;
            if (slowLooks >= SlowLooks)
            {
                return slowness;
            }
        }

        return null;
    }

    private async Task SwitchBackAsync(Deployment next, Deployment previous, DeploymentIntent? intent, string evidence)
    {
        if (next.State != DeploymentState.Current)
        {
            return;
        }

        DeploymentLog.GuardActed(context.Log, next.Hash, previous.Hash, evidence);
        var config = await FindConfigAsync(previous);
        var undo = intent is null ? null : await CreateUndoAsync(intent, previous, config);
        await switcher.SwitchAsync(previous, config, undo, Task.CompletedTask, CancellationToken.None);
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
            await using var claim = await context.History.ClaimAsync(By, CancellationToken.None);
            await history.CompleteAsync(undo, claim, CancellationToken.None);
        }
    }

    /// <summary>Takes the entry of the switch out again; after a rollback, which made none, tells what serves now.</summary>
    private async Task<DeploymentIntent?> CreateUndoAsync(DeploymentIntent done, Deployment previous, byte[] config)
    {
        if (done.Kind != DeploymentKind.Deploy)
        {
            return config.Length == 0
                ? null
                : DeploymentIntent.Deploy(LaunchConfig.Parse(config), By, context.Clock.GetUtcNow());
        }

        var loaded = await context.History.LoadAsync(CancellationToken.None);
        var entry = loaded.Entries.LastOrDefault(entry => entry.Hash == done.Hash && entry.DeployedAt >= done.StartedAt);
        return entry is null ? null : DeploymentIntent.Withdraw(entry, By, context.Clock.GetUtcNow()) with { FromHash = previous.Hash };
    }

    private async Task<byte[]> FindConfigAsync(Deployment deployment)
    {
        try
        {
            var hash = LaunchConfigReference.Parse(deployment.Hash);
            return (await context.Configs.LoadAsync(hash, CancellationToken.None)).Bytes.ToArray();
        }
        catch (Exception fault) when (fault is ObjectStoreException or LaunchConfigNotFoundException)
        {
            return [];
        }
    }

    private TrafficReport? Measure(Deployment deployment) =>
        deployment.Address is { } address
            ? meter?.Measure(new TrafficTarget(address.EndPoint, deployment.ContainerId, deployment.Hash, deployment.Revision))
            : null;
}
