using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Launching;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Statistics;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Switching;

/// <summary>
/// Watches a new upstream for a while after the switch, while the container before is kept running. Switches back if
/// the new one is clearly worse: dies or restarts, answers more errors, or is much slower.
/// </summary>
internal sealed class SwitchGuard(
    Application application,
    ContainerChecker checker,
    HealthProbe probes,
    TrafficSwitcher switcher,
    HistoryRecorder history,
    ITrafficMeter? meter) : IAsyncDisposable
{
    /// <summary>
    /// The name under which the guard writes history entries and events. Callers may use the same name, which decides
    /// nothing.
    /// </summary>
    private const string By = "guard";

    private const string Topic = "guard";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Guards the fields below: calls begin watches, and each watch ends on its own task.</summary>
    private readonly Lock _lock = new();
    private readonly List<Task> _watches = [];
    private GuardView? _latest;

    /// <summary>When the latest watch began, as a timestamp, which stays right when the time of day is set.</summary>
    private (long At, TimeSpan Duration) _began;

    private readonly CancellationTokenSource _ending = new();

    /// <summary>The latest watch; after a restart the last switch that was undone; null if there was none.</summary>
    public GuardView? View
    {
        get
        {
            lock (_lock)
            {
                return _latest is { State: GuardState.Watching }
                    ? _latest with { SecondsLeft = SecondsLeft(_began.Duration - application.Clock.GetElapsedTime(_began.At)) }
                    : _latest ?? Remembered(application.Record.Current.Rejected);
            }
        }
    }

    /// <summary>Begins a watch, which ends by itself.</summary>
    /// <returns>The id of the watch.</returns>
    public string Begin(GuardedSwitch done, TimeSpan duration)
    {
        // The baseline is taken at once, so that exchanges still draining on the old upstream do not blur it.
        var before = Measure(done.Previous);
        var now = application.Clock.GetUtcNow();
        lock (_lock)
        {
            _began = (application.Clock.GetTimestamp(), duration);
            _latest = new GuardView(
                done.Id,
                done.Next.Hash.Value,
                done.Next.Revision,
                done.Previous.Hash.Value,
                done.Previous.Revision,
                now,
                now + duration,
                GuardState.Watching,
                "");
        }

        application.Notices.Warn(Topic, null);
        var watch = WatchAsync(done, before, duration);
        lock (_lock)
        {
            _watches.RemoveAll(ended => ended.IsCompleted);
            _watches.Add(watch);
        }

        return done.Id;
    }

    /// <summary>Ends the watches; switching back is completed if it has begun.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Task[] watches;
        lock (_lock)
        {
            watches = [.. _watches];
        }

        await Task.WhenAll(watches);
    }

    private async Task WatchAsync(GuardedSwitch done, TrafficReport? before, TimeSpan duration)
    {
        application.Faults.Enter("guard");
        try
        {
            await JudgeAsync(done, before, duration);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The process ends, and what was switched stays switched.
        }
        catch (Exception exception)
        {
            Conclude(done, GuardState.Failed, AfterSwitch.Describe(exception));
            DeploymentLog.BackgroundFailed(application.Log, exception);
        }
        finally
        {
            done.Hold.TrySetResult();
        }
    }

    private async Task JudgeAsync(GuardedSwitch done, TrafficReport? before, TimeSpan duration)
    {
        var next = done.Next;
        var began = application.Clock.GetTimestamp();
        var startedAt = next.Replica.StartedAt;
        var slowness = new SlownessWatch(duration);
        var (evidence, obstacle) = ("", "");
        while (application.Clock.GetElapsedTime(began) is var elapsed && elapsed < duration)
        {
            await Task.Delay(LookInterval, application.Clock, _ending.Token);
            if (next.State != DeploymentState.Current)
            {
                Conclude(done, GuardState.Superseded, "");
                return;
            }

            if (FindEvidence(next, startedAt, before, slowness, elapsed) is not { } found)
            {
                continue;
            }

            evidence = found.Text;
            if (await FindObstacleAsync(done, found) is not { } kept)
            {
                return;
            }

            obstacle = kept;
        }

        await EndAsync(done, evidence, obstacle);
    }

    private GuardEvidence? FindEvidence(
        Deployment next, string startedAt, TrafficReport? before, SlownessWatch slowness, TimeSpan elapsed)
    {
        if (next.Replica.Address is null || next.Replica.StartedAt != startedAt)
        {
            return new GuardEvidence(GuardEvidence.Died, "its container died or restarted");
        }

        if (before is null || Measure(next) is not { } now)
        {
            return null;
        }

        return GuardVerdict.FindErrors(before, now) is { } errors ? new GuardEvidence(GuardEvidence.Errors, errors)
            : slowness.Look(elapsed, before, now) is { } slow ? new GuardEvidence(GuardEvidence.Slow, slow)
            : null;
    }

    /// <summary>
    /// Switches back, or returns what keeps the guard from doing so; the guard tries again while the watch lasts.
    /// </summary>
    private async Task<string?> FindObstacleAsync(GuardedSwitch done, GuardEvidence evidence)
    {
        try
        {
            if (await FindLackAsync(done.Previous) is { } lack)
            {
                return lack;
            }

            await SwitchBackAsync(done, evidence);
            return null;
        }
        catch (Exception exception) when (exception is DeploymentException or StateUnwritableException)
        {
            return exception.Message;
        }
    }

    /// <summary>
    /// Returns why the previous container cannot take the traffic back, or null if it runs and answers.
    /// </summary>
    private async Task<string?> FindLackAsync(Deployment previous)
    {
        ProbeResult probe;
        try
        {
            probe = await checker.CheckOnceAsync(previous, _ending.Token);
        }
        catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException)
        {
            // Without the engine the container's own answer decides.
            probe = await probes.ProbeAsync(previous, previous.Replica.Address!.EndPoint, null, _ending.Token);
        }

        return probe.IsHealthy ? null : $"the container of {previous.Revision} does not take traffic any more ({probe.Reason})";
    }

    private async Task EndAsync(GuardedSwitch done, string evidence, string obstacle)
    {
        if (obstacle.Length == 0)
        {
            Conclude(done, GuardState.Passed, "");
            return;
        }

        var reason = $"{evidence}; {obstacle}, so {done.Next.Revision} goes on serving";
        application.Statistics.Switches.Count(LifecycleStatistics.Guard, LifecycleStatistics.Failed);
        application.Notices.Warn(Topic, $"the guard would switch back from {done.Next.Revision}", reason);
        await application.Events.RecordAsync(application.Events.Create(EventType.Failure, By) with
        {
            Revision = done.Next.Revision,
            Hash = done.Next.Hash.Value,
            FromHash = done.Previous.Hash.Value,
            Result = "guard_kept",
            Reason = reason,
        });
        Conclude(done, GuardState.Kept, reason);
    }

    /// <summary>
    /// Switches back without the store; if the store cannot be reached, the history is written later.
    /// </summary>
    private async Task SwitchBackAsync(GuardedSwitch done, GuardEvidence found)
    {
        var (next, previous, evidence) = (done.Next, done.Previous, found.Text);
        var undo = CreateUndo(done);
        var rejected = new RejectedConfig(
            next.Hash.Value, next.Revision, previous.Hash.Value, previous.Revision, application.Clock.GetUtcNow(), evidence)
        {
            Id = done.Id,
            Undo = undo.Kind == DeploymentKind.Reject ? undo : null,
        };
        if (await switcher.UndoAsync(done, rejected, undo) is not { } undone)
        {
            Conclude(done, GuardState.Superseded, "");
            return;
        }

        // Traffic is back: no later failure may hide that.
        application.AfterSwitch.Try("noting the guard's verdict", () =>
        {
            application.Statistics.GuardRollbacks.Count(found.Reason);
            application.Statistics.Switches.Count(LifecycleStatistics.Guard, LifecycleStatistics.Switched);
            DeploymentLog.GuardActed(application.Log, next.Hash.Value, previous.Hash.Value, evidence);
            application.Notices.Warn(Topic, $"the guard switched back from {next.Revision} to {previous.Revision}", evidence);
        });
        await application.Events.RecordAsync(application.Events.Create(EventType.GuardRollback, By) with
        {
            Revision = previous.Revision,
            Hash = previous.Hash.Value,
            FromHash = next.Hash.Value,
            Reason = evidence,
            Measured = undone.Measured,
        });
        Conclude(done, GuardState.SwitchedBack, evidence);
        await history.CompleteAsync(undo, null);
    }

    /// <summary>
    /// Creates the intent that removes the switch's entry from the history, whether this instance or another deployer
    /// writes the entry. A rollback of this instance writes none, so undoing it appends the launch config that serves
    /// again.
    /// </summary>
    private DeploymentIntent CreateUndo(GuardedSwitch done)
    {
        var (now, next, previous) = (application.Clock.GetUtcNow(), done.Next, done.Previous);
        var undo = done.Intent switch
        {
            { Kind: DeploymentKind.Deploy } deploy => DeploymentIntent.Withdraw(deploy, By, now),
            { } when done.PreviousConfig is { } config => DeploymentIntent.Deploy(config, By, now),
            _ => DeploymentIntent.Reject(next.Hash.Value, next.Alias.Value, next.Revision, done.Before.Since, By, now),
        };
        return undo with
        {
            Origin = IntentOrigin.Guard,
            FromHash = previous.Hash.Value,
            ReturnHash = previous.Hash.Value,
            ReturnRevision = previous.Revision,
        };
    }

    private void Conclude(GuardedSwitch done, string state, string reason)
    {
        lock (_lock)
        {
            if (_latest?.Id == done.Id)
            {
                _latest = _latest with { State = state, Reason = reason, Until = application.Clock.GetUtcNow() };
            }
        }
    }

    private static double SecondsLeft(TimeSpan left) => left > TimeSpan.Zero ? Math.Round(left.TotalSeconds, 3) : 0;

    private static GuardView? Remembered(IReadOnlyList<RejectedConfig> rejected) => rejected.Count == 0
        ? null
        : new GuardView(
            rejected[^1].Id,
            rejected[^1].Hash,
            rejected[^1].Revision,
            rejected[^1].FromHash,
            rejected[^1].FromRevision,
            rejected[^1].At,
            rejected[^1].At,
            GuardState.SwitchedBack,
            rejected[^1].Reason);

    private TrafficReport? Measure(Deployment deployment) => deployment.Target is { } target ? meter?.Measure(target) : null;
}
