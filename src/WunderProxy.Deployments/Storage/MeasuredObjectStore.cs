namespace WunderProxy.Deployments.Storage;

/// <summary>Reports the result and the duration of each call to a store.</summary>
/// <param name="inner">The store; not disposed of here.</param>
/// <param name="clock">Measures the durations.</param>
/// <param name="called">Told of each call when it has ended; must return at once and not throw.</param>
internal sealed class MeasuredObjectStore(IObjectStore inner, TimeProvider clock, Action<StoreCall> called) : IObjectStore
{
    private const string Done = "ok";
    private const string Absent = "absent";

    /// <inheritdoc/>
    public string Description => inner.Description;

    /// <inheritdoc/>
    public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) =>
        MeasureAsync("get", () => inner.GetAsync(key, cancellationToken), static found => found is null ? Absent : Done);

    /// <inheritdoc/>
    public Task<ObjectContent?> OpenReadAsync(string key, CancellationToken cancellationToken) =>
        MeasureAsync("open", () => inner.OpenReadAsync(key, cancellationToken), static found => found is null ? Absent : Done);

    /// <inheritdoc/>
    public Task<PutOutcome> PutAsync(
        string key, ReadOnlyMemory<byte> bytes, PutCondition condition, CancellationToken cancellationToken) => MeasureAsync(
            "put",
            () => inner.PutAsync(key, bytes, condition, cancellationToken),
            static outcome => outcome switch
            {
                PutOutcome.Stored => Done,
                PutOutcome.PreconditionFailed => "conflict",
                PutOutcome.NotSupported => "not_supported",
                _ => "unknown",
            });

    /// <inheritdoc/>
    public Task<bool> CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken) => MeasureAsync(
        "copy",
        () => inner.CopyAsync(sourceKey, destinationKey, cancellationToken),
        static isCopied => isCopied ? Done : Absent);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string keyPrefix, string? after, CancellationToken cancellationToken) =>
        MeasureAsync("list", () => inner.ListAsync(keyPrefix, after, cancellationToken), static _ => Done);

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) => MeasureAsync(
        "delete",
        async () =>
        {
            await inner.DeleteAsync(key, cancellationToken);
            return true;
        },
        static _ => Done);

    /// <summary>Does nothing: the store belongs to its opener.</summary>
    public void Dispose()
    {
    }

    private static string NameOf(Exception exception) => exception switch
    {
        OperationCanceledException => "cancelled",
        ObjectStoreException { Fault: ObjectStoreFault.BadLocation } => "bad_location",
        ObjectStoreException { Fault: ObjectStoreFault.Denied } => "denied",
        ObjectStoreException { Fault: ObjectStoreFault.NoSuchBucket } => "no_such_bucket",
        ObjectStoreException { Fault: ObjectStoreFault.Unavailable } => "unavailable",
        ObjectStoreException { Fault: ObjectStoreFault.TimedOut } => "timed_out",
        ObjectStoreException { Fault: ObjectStoreFault.Corrupt } => "corrupt",
        ObjectStoreException { Fault: ObjectStoreFault.TooLarge } => "too_large",
        _ => "refused",
    };

    private async Task<T> MeasureAsync<T>(string operation, Func<Task<T>> call, Func<T, string> resultOf)
    {
        var began = clock.GetTimestamp();
        try
        {
            var result = await call();
            called(new StoreCall(operation, resultOf(result), clock.GetElapsedTime(began)));
            return result;
        }
        catch (Exception exception)
        {
            called(new StoreCall(operation, NameOf(exception), clock.GetElapsedTime(began)));
            throw;
        }
    }
}
