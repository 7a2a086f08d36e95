using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>
/// Tells the history of switches that have happened. The intent stands in the local record from the switch until
/// history and event are written, and may be applied again.
/// </summary>
internal sealed class HistoryRecorder(LifecycleContext context, EventRecorder events) : IDisposable
{
    private const int Tries = 3;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(300);

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Writes history and event of an intent, with a few tries.</summary>
    /// <returns>False when the store is away: the intent waits in the record.</returns>
    public async Task<bool> CompleteAsync(DeploymentIntent intent, HistoryClaim claim, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ApplyAsync(intent, claim, cancellationToken);
                return true;
            }
            catch (Exception fault) when (IsLater(fault))
            {
                context.Notices.Store.Open(fault.Message);
                if (attempt == Tries)
                {
                    return false;
                }

                await Task.Delay(RetryPause * attempt, context.Clock, cancellationToken);
            }
        }
    }

    /// <summary>Completes what waits, oldest first; to be repeated after a failure.</summary>
    /// <exception cref="ObjectStoreException">The store is away.</exception>
    /// <exception cref="LeaseHeldException">Another deployer is writing.</exception>
    public async Task CompleteWaitingAsync(CancellationToken cancellationToken)
    {
        foreach (var intent in context.Record.Current.Intents)
        {
            await using var claim = await context.History.ClaimAsync(intent.By, cancellationToken);
            await ApplyAsync(intent, claim, cancellationToken);
            DeploymentLog.IntentCompleted(context.Log, intent.Hash);
        }
    }

    public void Dispose() => _one.Dispose();

    private static bool IsLater(Exception fault) =>
        fault is ObjectStoreException or LeaseHeldException or LaunchConfigNotFoundException;

    private async Task ApplyAsync(DeploymentIntent intent, HistoryClaim claim, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (!context.Record.Current.Intents.Any(waiting => waiting.Id == intent.Id))
            {
                return;
            }

            context.Faults.Hit("history-before");
            var entry = await claim.ApplyAsync(intent, cancellationToken);
            context.Faults.Hit("history-after");

            // The guard's own event, with its evidence, is written when it acts.
            if (intent.Kind != DeploymentKind.Withdraw && intent.By != SwitchGuard.By)
            {
                await events.RecordAsync(intent.ToEvent(entry));
            }

            context.Record.TryUpdate(record => record with
            {
                // What current.json holds now is what we wrote: the digest of its bytes is the hash.
                Seen = record.Intents.Count == 1 ? record.Hash : record.Seen,
                Intents = [.. record.Intents.Where(waiting => waiting.Id != intent.Id)],
            });
        }
        finally
        {
            _one.Release();
        }
    }
}
