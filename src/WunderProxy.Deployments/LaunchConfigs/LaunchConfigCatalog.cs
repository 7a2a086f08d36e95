using System.Diagnostics.CodeAnalysis;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Knows each stored launch config by its other digest: MD5 of what is named by SHA-256, and the other way round. A
/// config never changes, so that each is read for this once; one scan at a time looks for new ones.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "A semaphore without a wait handle holds nothing.")]
internal sealed class LaunchConfigCatalog(IObjectStore store, string prefix, TimeProvider time)
{
    /// <summary>Reads of one scan. A service keeps a config for every deploy it ever made; the next scan goes on.</summary>
    private const int MaxReads = 500;

    /// <summary>Keys that are remembered; beyond it all are forgotten and learned anew.</summary>
    private const int MaxKnown = 2 * ObjectStores.MaxListed;

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _gate = new();
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<LaunchConfigReference, string> _keys = [];
    private long? _scanned;
    private int _begun;

    /// <summary>The key of the config that a reference is the other digest of.</summary>
    /// <param name="reference">What is looked for.</param>
    /// <param name="maxAge">How old a scan may be that did not find it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the store has no such config.</returns>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public async Task<string?> FindKeyAsync(
        LaunchConfigReference reference, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var begun = Volatile.Read(ref _begun);
        if (Find(reference) is { } known)
        {
            return known;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            // Whoever waited here takes the answer of a scan that began after the question.
            var isAnswered = _begun != begun || (_scanned is { } scanned && time.GetElapsedTime(scanned) < maxAge);
            if (!isAnswered)
            {
                var began = time.GetTimestamp();
                Interlocked.Increment(ref _begun);
                await ScanAsync(cancellationToken);
                _scanned = began;
            }

            return Find(reference);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Takes in a config that lies under this key.</summary>
    public void Learn(string key, LaunchConfigReference otherDigest)
    {
        lock (_gate)
        {
            if (_read.Count >= MaxKnown)
            {
                _read.Clear();
                _keys.Clear();
            }

            _read.Add(key);
            _keys[otherDigest] = key;
        }
    }

    /// <summary>Forgets a key that does not hold what it held.</summary>
    public void Forget(LaunchConfigReference otherDigest)
    {
        lock (_gate)
        {
            if (_keys.Remove(otherDigest, out var key))
            {
                _read.Remove(key);
            }
        }
    }

    private string? Find(LaunchConfigReference reference)
    {
        lock (_gate)
        {
            return _keys.GetValueOrDefault(reference);
        }
    }

    private async Task ScanAsync(CancellationToken cancellationToken)
    {
        var keys = await store.ListAsync(ObjectKey.LaunchConfigs(prefix), cancellationToken);
        foreach (var key in keys.Where(IsNew).Take(MaxReads))
        {
            await LearnAsync(key, cancellationToken);
        }
    }

    private bool IsNew(string key)
    {
        lock (_gate)
        {
            return !_read.Contains(key) && ObjectKey.LaunchConfigHashOf(prefix, key) is not null;
        }
    }

    private async Task LearnAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.GetAsync(key, cancellationToken) is { } read && ObjectKey.LaunchConfigHashOf(prefix, key) is { } name)
            {
                var bytes = read.Bytes.Span;
                Learn(key, name.IsAlias ? LaunchConfigHash.Of(bytes) : LaunchConfigReference.AliasOf(bytes));
            }
        }
        catch (ObjectStoreException e) when (e.IsAboutContent)
        {
            // Too large, or a link or the like in a directory: never a launch config, whatever its name.
            lock (_gate)
            {
                _read.Add(key);
            }
        }
    }
}
