using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// Writes switches that have happened to the history. The local record keeps the intent from the switch until history
/// and event are written; an intent may be applied repeatedly.
/// </summary>
internal sealed class HistoryRecorder(Application application) : IDisposable
{
    private const int Tries = 3;
    private const string Topic = "history";

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(300);

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>
    /// Writes history and event of an intent whose switch has happened, after those of earlier switches that still wait.
    /// Never throws: an intent that cannot be written waits in the record, with an event and a warning.
    /// </summary>
    /// <param name="intent">The intent to write; the record contains it.</param>
    /// <param name="held">The caller's claim on the history; null to claim the history here.</param>
    /// <returns>False if the intent waits in the record.</returns>
    public async Task<bool> CompleteAsync(DeploymentIntent intent, HistoryClaim? held)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ClaimAndApplyAsync(intent, held);
                return true;
            }
            catch (Exception exception)
            {
                if (IsGivenUp(intent, exception))
                {
                    return application.AfterSwitch.Try("giving up a history entry", () => Forget(intent));
                }

                application.AfterSwitch.Try("noting a history that waits", () => NoteWaiting(intent, exception));
                if (attempt == Tries)
                {
                    await application.AfterSwitch.TryAsync("telling of a history that waits", () => TellWaitingAsync(intent, exception));
                    return false;
                }

                await Task.Delay(RetryPause * attempt, application.Clock, CancellationToken.None);
            }
        }
    }

    /// <summary>Writes the waiting intents, oldest first; repeated after a failure.</summary>
    /// <exception cref="ObjectStoreException">The store does not answer.</exception>
    /// <exception cref="LeaseHeldException">Another deployer is writing.</exception>
    public async Task CompleteWaitingAsync(CancellationToken cancellationToken)
    {
        var waiting = application.Record.Current.Intents;
        if (waiting.Count == 0)
        {
            return;
        }

        try
        {
            await using var claim = await application.History.ClaimAsync(waiting[^1].By, cancellationToken);
            await ApplyThroughAsync(waiting[^1], claim, cancellationToken);
        }
        catch (Exception exception) when (waiting.Where(intent => IsGivenUp(intent, exception)).ToArray() is { Length: > 0 } lost)
        {
            Array.ForEach(lost, Forget);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            NoteWaiting(waiting[0], exception);
            throw;
        }
    }

    /// <summary>
    /// Removes a rejected launch config from the history if its deployer writes it after the guard has undone the
    /// switch.
    /// </summary>
    public async Task RejectLateAsync(DeploymentHistory history, CancellationToken cancellationToken)
    {
        var late = application.Record.Current.Rejected.FirstOrDefault(rejected =>
            rejected.Undo is { } undo
            && application.Clock.GetUtcNow() - rejected.At < RejectedConfig.LateEntryPatience
            && undo.RejectsLastOf(history));
        if (late is null)
        {
            return;
        }

        try
        {
            await using var claim = await application.History.ClaimAsync(late.Undo!.By, cancellationToken);
            await claim.ApplyAsync(late.Undo, cancellationToken);
            NoteRejected(late.Undo);
        }
        catch (ObjectStoreException exception) when (exception.Fault == ObjectStoreFault.Denied)
        {
            NoteRejected(late.Undo!);
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>
    /// Whether a rejection needs no history: in a store that this machine may only read, the local record alone keeps
    /// the launch config from being started again.
    /// </summary>
    private static bool IsGivenUp(DeploymentIntent intent, Exception fault) =>
        intent.Kind == DeploymentKind.Reject && fault is ObjectStoreException { Fault: ObjectStoreFault.Denied };

    private async Task ClaimAndApplyAsync(DeploymentIntent intent, HistoryClaim? held)
    {
        if (held is not null)
        {
            await ApplyThroughAsync(intent, held, CancellationToken.None);
            return;
        }

        await using var claim = await application.History.ClaimAsync(intent.By, CancellationToken.None);
        await ApplyThroughAsync(intent, claim, CancellationToken.None);
    }

    /// <summary>
    /// Applies all intents up to this one, because a waiting intent must not be appended after a later one.
    /// </summary>
    private async Task ApplyThroughAsync(DeploymentIntent last, HistoryClaim claim, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            foreach (var intent in application.Record.Current.Intents)
            {
                await ApplyAsync(intent, intent.Id == last.Id, claim, cancellationToken);
                if (intent.Id == last.Id)
                {
                    break;
                }

                DeploymentLog.IntentCompleted(application.Log, intent.Hash);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task ApplyAsync(DeploymentIntent intent, bool isLast, HistoryClaim claim, CancellationToken cancellationToken)
    {
        application.Faults.Hit("history-before");
        HistoryEntry? entry = null;
        try
        {
            entry = await claim.ApplyAsync(intent, cancellationToken);
        }
        catch (Exception exception) when (!isLast && claim.IsHistoryWritten && exception
            is LaunchConfigNotFoundException or HashMismatchException or InvalidLaunchConfigException)
        {
            // The launch config of an earlier switch is gone from the store; the later intent decides what current.json
            // contains.
        }

        application.Faults.Hit("history-after");
        if (intent is { Kind: DeploymentKind.Deploy or DeploymentKind.Rollback, Origin: IntentOrigin.Caller, IsTold: false })
        {
            await application.Events.RecordAsync(intent.ToEvent(entry));
        }

        if (intent.Kind == DeploymentKind.Reject && claim.HasChanged)
        {
            NoteRejected(intent);
        }

        Forget(intent);
    }

    private void Forget(DeploymentIntent intent)
    {
        application.Record.TryUpdate(record => record with
        {
            // current.json contains what this call wrote, so the digest of its bytes is the hash. A guard's undo
            // restores what was seen before the switch, which need not be what serves.
            Seen = record.Intents.Count == 1 && intent.Kind is DeploymentKind.Deploy or DeploymentKind.Rollback
                ? record.Hash
                : record.Seen,
            Intents = [.. record.Intents.Where(waiting => waiting.Id != intent.Id)],
        });
        if (application.Record.Current.Intents.Count == 0)
        {
            application.Notices.Warn(Topic, null);
        }
    }

    /// <summary>Notes that the entry is removed: what a deployer writes from now on is a new deploy.</summary>
    private void NoteRejected(DeploymentIntent undo) => application.Record.TryUpdate(record => record with
    {
        Rejected = [.. record.Rejected.Select(r => r.Undo?.Id == undo.Id ? r with { Undo = null } : r)],
    });

    private void NoteWaiting(DeploymentIntent intent, Exception fault)
    {
        var words = AfterSwitch.Describe(fault);
        if (fault is ObjectStoreException or LeaseHeldException or LaunchConfigNotFoundException)
        {
            application.Store.Failed(fault);
        }

        var serving = intent.ReturnRevision.Length > 0 ? intent.ReturnRevision : intent.Revision;
        application.Notices.Warn(Topic, $"{serving} serves, but the history does not say so yet; it is tried again", words);
    }

    /// <summary>
    /// Records the event without waiting for the history, because it reports what happened, and why the history is
    /// behind.
    /// </summary>
    private async Task TellWaitingAsync(DeploymentIntent intent, Exception fault)
    {
        if (intent is not { Kind: DeploymentKind.Deploy or DeploymentKind.Rollback, Origin: IntentOrigin.Caller, IsTold: false })
        {
            return;
        }

        // The record's copy of the intent has what was measured at the switch.
        var kept = application.Record.Current.Intents.FirstOrDefault(waiting => waiting.Id == intent.Id) ?? intent;
        await application.Events.RecordAsync(kept.ToEvent(null) with { Reason = $"the history is not written yet: {AfterSwitch.Describe(fault)}" });
        application.Record.TryUpdate(record => record with
        {
            Intents = [.. record.Intents.Select(waiting => waiting.Id == intent.Id ? waiting with { IsTold = true } : waiting)],
        });
    }
}
