using System.Globalization;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.TestSupport.Storage;

/// <summary>A store in memory whose content a test can see, and whose failures and answers it can choose.</summary>
public sealed class InMemoryObjectStore : IObjectStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private int _version;

    /// <inheritdoc/>
    public string Description => "memory store";

    /// <summary>How the store treats conditional writes.</summary>
    public ConditionSupport Conditions { get; init; }

    /// <summary>Called before every call with its name and key; throws to make the call fail.</summary>
    public Action<string, string>? BeforeCall { get; set; }

    /// <summary>
    /// Called after every write with its key, and returns the outcome that the caller sees; for answers that got lost.
    /// </summary>
    public Func<string, PutOutcome>? AfterPut { get; set; }

    /// <summary>Every call waits for this task; null for a store that answers at once.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>All keys, in ordinal order.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_gate)
            {
                return [.. _objects.Keys];
            }
        }
    }

    /// <summary>Stores an object without a call to the store.</summary>
    public void Seed(string key, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            Write(key, bytes.ToArray());
        }
    }

    /// <inheritdoc/>
    public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) =>
        CallAsync("get", key, () => _objects.GetValueOrDefault(key) is { } found && found.Bytes.Length > DocumentLimits.Of(key)
            ? throw new ObjectStoreException(
                ObjectStoreFault.TooLarge, $"{key} in the {Description} has more than {DocumentLimits.Text(DocumentLimits.Of(key))}")
            : _objects.GetValueOrDefault(key));

    /// <inheritdoc/>
    public Task<ObjectContent?> OpenReadAsync(string key, CancellationToken cancellationToken) =>
        CallAsync("open", key, () => _objects.TryGetValue(key, out var found)
            ? new ObjectContent(new MemoryStream(found.Bytes.ToArray(), writable: false), found.Bytes.Length)
            : null);

    /// <inheritdoc/>
    public Task<PutOutcome> PutAsync(
        string key, ReadOnlyMemory<byte> bytes, PutCondition condition, CancellationToken cancellationToken) =>
        CallAsync("put", key, () =>
        {
            if (condition != PutCondition.None && Conditions == ConditionSupport.Refused)
            {
                return PutOutcome.NotSupported;
            }

            if (Conditions == ConditionSupport.Kept && !Holds(key, condition))
            {
                return PutOutcome.PreconditionFailed;
            }

            Write(key, bytes.ToArray());
            return AfterPut?.Invoke(key) ?? PutOutcome.Stored;
        });

    /// <inheritdoc/>
    public Task<bool> CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken) =>
        CallAsync("copy", destinationKey, () =>
        {
            var isThere = _objects.TryGetValue(sourceKey, out var source);
            if (isThere)
            {
                Write(destinationKey, source!.Bytes);
            }

            return isThere;
        });

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string keyPrefix, string? after, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<string>>("list", keyPrefix, () =>
            [.. _objects.Keys
                .Where(key => key.StartsWith(keyPrefix, StringComparison.Ordinal)
                    && !key.AsSpan(keyPrefix.Length).Contains('/')
                    && (after is null || string.CompareOrdinal(key, after) > 0))
                .Take(ObjectStores.MaxListed)]);

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        CallAsync("delete", key, () => _objects.Remove(key));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private bool Holds(string key, PutCondition condition) =>
        condition.MustBeAbsent
            ? !_objects.ContainsKey(key)
            : condition.ETag is not { } etag || _objects.GetValueOrDefault(key)?.ETag == etag;

    private void Write(string key, ReadOnlyMemory<byte> bytes) =>
        _objects[key] = new StoredObject(bytes, (++_version).ToString(CultureInfo.InvariantCulture));

    private async Task<T> CallAsync<T>(string name, string key, Func<T> call)
    {
        // Real stores never answer on the caller's stack; a test store that does could hide races.
        await Task.Yield();
        BeforeCall?.Invoke(name, key);
        if (Gate is { } gate)
        {
            await gate.Task;
        }

        lock (_gate)
        {
            return call();
        }
    }
}
