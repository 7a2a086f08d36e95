using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>
/// Loads and changes <c>history.json</c> and <c>current.json</c> of one service; contains no rules of its own.
/// </summary>
/// <param name="store">The store that holds the documents.</param>
/// <param name="prefix">The service's prefix in the store.</param>
/// <param name="clock">The clock.</param>
/// <param name="configs">The launch configs of the service; null to open them here.</param>
public sealed class HistoryRepository(
    IObjectStore store, string prefix, TimeProvider clock, LaunchConfigRepository? configs = null)
{
    /// <summary>Most attempts of a compare-and-swap, each after reading again.</summary>
    public const int MaxTries = 5;

    private const int MaxCurrentTries = 20;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(20);

    private readonly LaunchConfigRepository _configs = configs ?? new LaunchConfigRepository(store, prefix, clock);
    private bool? _hasConditionalWrites;

    /// <summary>Loads the service's deployment history.</summary>
    /// <exception cref="ObjectStoreException">The store failed, or <c>history.json</c> is not a history.</exception>
    public async Task<DeploymentHistory> LoadAsync(CancellationToken cancellationToken) =>
        Parse(await store.GetAsync(ObjectKey.History(prefix), cancellationToken));

    /// <summary>
    /// Loads the history for callers that can do without it: if only <c>history.json</c> cannot be read and the store
    /// otherwise answers, the result is an empty history with the reason.
    /// </summary>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public async Task<HistoryReading> LoadOrExplainAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new HistoryReading(await LoadAsync(cancellationToken));
        }
        catch (ObjectStoreException exception) when (exception.IsAboutContent)
        {
            return new HistoryReading(DeploymentHistory.Empty, exception);
        }
        catch (ObjectStoreException exception) when (exception.Fault == ObjectStoreFault.Denied)
        {
            // Without the right to list, S3 refuses a missing history; without any right it refuses this read too.
            await using var current = await store.OpenReadAsync(ObjectKey.Current(prefix), cancellationToken);
            return new HistoryReading(
                DeploymentHistory.Empty, new ObjectStoreException(ObjectStoreFault.Refused, exception.Message, exception));
        }
    }

    /// <summary>
    /// Finds the entry that a rollback goes back to (see <see cref="DeploymentHistory.FindTarget"/>). A hash is first
    /// looked up in the store, so that it is also found by its other digest.
    /// </summary>
    /// <exception cref="HistoryEmptyException">No entry matches.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public async Task<HistoryEntry> FindTargetAsync(
        string? target, LaunchConfig? inService, CancellationToken cancellationToken)
    {
        var history = await LoadAsync(cancellationToken);
        LaunchConfig? named = null;
        if (LaunchConfigReference.TryParse(target, out var reference))
        {
            named = await FindConfigAsync(reference, cancellationToken);
        }

        return history.FindTarget(target, inService, named);
    }

    /// <summary>
    /// Whether the store has conditional writes, that is, fails a second <c>If-None-Match: *</c>; tested once.
    /// </summary>
    /// <exception cref="ObjectStoreException">The store failed; the next call tests again.</exception>
    public async Task<bool> HasConditionalWritesAsync(CancellationToken cancellationToken) =>
        _hasConditionalWrites ??= await ConditionalWriteProbe.RunAsync(store, prefix, cancellationToken);

    /// <summary>
    /// Claims the history for one deployment: ensures that it may be written, and takes the lease if the store has no
    /// conditional writes. Called before anything is launched, so that a losing deployer has changed nothing.
    /// </summary>
    /// <exception cref="LeaseHeldException">Another deployer has the lease.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public async Task<HistoryClaim> ClaimAsync(string by, CancellationToken cancellationToken)
    {
        if (_hasConditionalWrites == true)
        {
            // The probe at the start says nothing about the rights at present.
            await ConditionalWriteProbe.DemandWritableAsync(store, prefix, cancellationToken);
        }

        var lease = await HasConditionalWritesAsync(cancellationToken)
            ? null
            : await DeployerLease.TakeAsync(store, prefix, by, clock, cancellationToken);
        return new HistoryClaim(this, lease);
    }

    internal async Task<HistoryEntry?> ApplyAsync(
        DeploymentIntent intent, HistoryClaim claim, DeployerLease? lease, CancellationToken cancellationToken)
    {
        (claim.IsHistoryWritten, claim.HasChanged) = (false, false);
        for (var attempt = 0; ; attempt++)
        {
            await PauseAsync(attempt, cancellationToken);
            var read = await store.GetAsync(ObjectKey.History(prefix), cancellationToken);
            var history = Parse(read);
            var changed = intent.ApplyTo(history, clock.GetUtcNow());
            if (!ReferenceEquals(changed, history))
            {
                // Fails only after one more read than writes, because the answer to the last write may have been lost
                // too.
                ThrowIfBeaten(attempt, history);
                if (!await TryWriteAsync(changed, read, lease, cancellationToken))
                {
                    continue;
                }

                claim.HasChanged = true;
            }

            claim.IsHistoryWritten = true;
            await WriteCurrentAsync(cancellationToken);
            return intent.FindEntry(changed);
        }
    }

    private static void ThrowIfBeaten(int attempt, DeploymentHistory history)
    {
        if (attempt >= MaxTries)
        {
            var holder = history.Last?.DeployedBy ?? "another deployer";
            throw new LeaseHeldException(holder, $"{holder} is writing the history at the same time; nothing was written");
        }
    }

    private async Task<LaunchConfig?> FindConfigAsync(
        LaunchConfigReference reference, CancellationToken cancellationToken)
    {
        try
        {
            return await _configs.LoadAsync(reference, cancellationToken);
        }
        catch (LaunchConfigNotFoundException)
        {
            return null;
        }
    }

    private Task PauseAsync(int attempt, CancellationToken cancellationToken) =>
        attempt == 0
            ? Task.CompletedTask
            : Task.Delay(RetryPause * attempt * (0.5 + Random.Shared.NextDouble()), clock, cancellationToken);

    private async Task<bool> TryWriteAsync(
        DeploymentHistory changed, StoredObject? read, DeployerLease? lease, CancellationToken cancellationToken)
    {
        lease?.ThrowIfLost();
        var condition = lease is null ? PutCondition.Unchanged(read) : PutCondition.None;
        var outcome = await store.PutAsync(
            ObjectKey.History(prefix), changed.ToBytes(), condition, cancellationToken);
        return outcome switch
        {
            PutOutcome.Stored => true,
            PutOutcome.NotSupported => throw new ObjectStoreException(
                ObjectStoreFault.Refused, $"the {store.Description} has lost its conditional writes"),
            _ => false,
        };
    }

    /// <summary>
    /// Makes <c>current.json</c> a copy of the last entry's launch config. The last writer has read the same last entry
    /// again after writing, so when all deployers are done the two documents agree, without a lock.
    /// </summary>
    private async Task WriteCurrentAsync(CancellationToken cancellationToken)
    {
        string? written = null;
        for (var attempt = 0; attempt < MaxCurrentTries; attempt++)
        {
            var last = (await LoadAsync(cancellationToken)).Last;
            if (last is null || last.Hash == written || !LaunchConfigReference.TryParse(last.Hash, out var hash))
            {
                return;
            }

            await CopyToCurrentAsync(hash, cancellationToken);
            written = last.Hash;
        }
    }

    private async Task CopyToCurrentAsync(LaunchConfigReference hash, CancellationToken cancellationToken)
    {
        if (await store.CopyAsync(ObjectKey.LaunchConfig(prefix, hash.Value), ObjectKey.Current(prefix), cancellationToken))
        {
            return;
        }

        // The launch config may be stored under the other digest of its bytes.
        var config = await new LaunchConfigRepository(store, prefix).LoadAsync(hash, cancellationToken);
        await store.PutAsync(ObjectKey.Current(prefix), config.Bytes, PutCondition.None, cancellationToken);
    }

    private DeploymentHistory Parse(StoredObject? read)
    {
        try
        {
            return read is null ? DeploymentHistory.Empty : DeploymentHistory.Parse(read.Bytes);
        }
        catch (FormatException exception)
        {
            var key = ObjectKey.History(prefix);
            throw new ObjectStoreException(ObjectStoreFault.Corrupt, $"{key} in {store.Description}: {exception.Message}", exception);
        }
    }
}
