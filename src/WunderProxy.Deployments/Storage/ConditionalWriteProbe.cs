namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Finds out whether a store honours conditional writes: some servers refuse conditions, some ignore them, and some
/// send no entity tag to compare with.
/// </summary>
internal static class ConditionalWriteProbe
{
    private static readonly byte[] Content = "{}"u8.ToArray();

    /// <summary>A condition that never holds, because no object has this entity tag.</summary>
    private static readonly PutCondition NeverTrue = PutCondition.IfMatch(new string('0', 31) + "1");

    /// <summary>
    /// Writes a probe object twice with <c>If-None-Match: *</c>, where the second write must fail, then with a wrong
    /// and with the right <c>If-Match</c>, and deletes the object.
    /// </summary>
    /// <exception cref="ObjectStoreException">The store failed, or this process may only read it.</exception>
    public static async Task<bool> RunAsync(IObjectStore store, string prefix, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Probe(prefix, Guid.NewGuid().ToString("n"));
        if (await store.PutAsync(key, Content, PutCondition.IfAbsent, cancellationToken) == PutOutcome.NotSupported)
        {
            return false;
        }

        try
        {
            return await IsAsync(store, key, PutCondition.IfAbsent, PutOutcome.PreconditionFailed, cancellationToken)
                && await store.GetAsync(key, cancellationToken) is { } read
                && await IsAsync(store, key, NeverTrue, PutOutcome.PreconditionFailed, cancellationToken)
                && await IsAsync(store, key, PutCondition.Unchanged(read), PutOutcome.Stored, cancellationToken);
        }
        finally
        {
            await TryDeleteAsync(store, key);
        }
    }

    /// <summary>
    /// Throws if this process may not write to the store, without writing anything: a store that honours conditions
    /// refuses this write because of its condition, unless the right to write is missing.
    /// </summary>
    /// <exception cref="ObjectStoreException">The store failed, or this process may only read it.</exception>
    public static async Task DemandWritableAsync(IObjectStore store, string prefix, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Probe(prefix, Guid.NewGuid().ToString("n"));
        if (await store.PutAsync(key, Content, NeverTrue, cancellationToken) == PutOutcome.Stored)
        {
            await TryDeleteAsync(store, key);
        }
    }

    private static async Task<bool> IsAsync(
        IObjectStore store, string key, PutCondition condition, PutOutcome expected, CancellationToken cancellationToken)
    {
        var outcome = await store.PutAsync(key, Content, condition, cancellationToken);
        return outcome == PutOutcome.Unknown
            ? throw new ObjectStoreException(
                ObjectStoreFault.Unavailable, $"the {store.Description} does not say whether it wrote")
            : outcome == expected;
    }

    /// <summary>
    /// Deletes the probe object if possible; an object left behind does no harm, and the result of the probe stands.
    /// </summary>
    private static async Task TryDeleteAsync(IObjectStore store, string key)
    {
        try
        {
            await store.DeleteAsync(key, CancellationToken.None);
        }
        catch (ObjectStoreException)
        {
            // The right to delete is missing, or the store went away.
        }
    }
}
