using System.Diagnostics.CodeAnalysis;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Finds stored launch configs by their other digest: by MD5 if the key contains the SHA-256, and the reverse. A launch
/// config never changes, so each is read only once for this; one scan at a time looks for new ones.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "A semaphore without a wait handle holds nothing.")]
internal sealed class LaunchConfigCatalog(IObjectStore store, string prefix, TimeProvider clock)
{
    /// <summary>
    /// Most objects read in one scan. A service keeps a launch config for every deploy it ever made; the next scan
    /// continues.
    /// </summary>
    private const int MaxReads = 500;

    /// <summary>Most keys remembered; beyond this number all are forgotten and learnt again.</summary>
    private const int MaxKnown = 2 * ObjectStores.MaxListed;

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _gate = new();
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<LaunchConfigReference, string> _keys = [];
    private long? _scanned;
    private int _begun;

    /// <summary>Finds the key of the launch config whose other digest is <paramref name="reference"/>.</summary>
    /// <param name="reference">The digest to look for.</param>
    /// <param name="maxAge">Greatest age of an earlier scan whose negative result is accepted.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The key, or null if the store has no such launch config.</returns>
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
            // A caller that waited here may use the result of a scan that began after its question.
            var isAnswered = _begun != begun || (_scanned is { } scanned && clock.GetElapsedTime(scanned) < maxAge);
            if (!isAnswered)
            {
                var began = clock.GetTimestamp();
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

    /// <summary>Remembers that a launch config with this other digest is stored under a key.</summary>
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

    /// <summary>Forgets a digest whose key does not hold that launch config any more.</summary>
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
            return !_read.Contains(key) && ReferenceIn(key) is not null;
        }
    }

    private async Task LearnAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.GetAsync(key, cancellationToken) is { } read && ReferenceIn(key) is { } name)
            {
                var bytes = read.Bytes.Span;
                Learn(key, name.IsAlias ? LaunchConfigHash.Of(bytes) : LaunchConfigReference.AliasOf(bytes));
            }
        }
        catch (ObjectStoreException exception) when (exception.IsAboutContent)
        {
            // An object that is too large, or a link in a directory, is never a launch config, whatever its name.
            lock (_gate)
            {
                _read.Add(key);
            }
        }
    }

    /// <summary>Keys with another spelling of a hash, such as upper case, are never read as launch configs.</summary>
    private LaunchConfigReference? ReferenceIn(string key) =>
        LaunchConfigReference.TryParse(ObjectKey.LaunchConfigHashIn(prefix, key), out var reference)
        && ObjectKey.LaunchConfig(prefix, reference.Value) == key
            ? reference
            : null;
}
