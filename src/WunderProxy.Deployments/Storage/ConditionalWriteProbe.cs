namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Finds out whether a store keeps its conditions: some servers refuse them, some ignore them, and some send no entity
/// tag to compare with.
/// </summary>
internal static class ConditionalWriteProbe
{
    private static readonly byte[] Content = "{}"u8.ToArray();

    /// <summary>A tag that no object has.</summary>
    private static readonly PutCondition NeverTrue = PutCondition.IfMatch(new string('0', 31) + "1");

    /// <summary>
    /// Writes a probe object twice with <c>If-None-Match: *</c>, the second must fail; then with a wrong and with the
    /// right <c>If-Match</c>. Then deletes it.
    /// </summary>
    /// <exception cref="ObjectStoreException">The store failed, or may only be read.</exception>
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
    /// Fails where this process may not write, without writing anything: a store that keeps its conditions refuses the
    /// write for the condition's sake, unless it refuses it for want of the right.
    /// </summary>
    /// <exception cref="ObjectStoreException">The store failed, or may only be read.</exception>
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

    /// <summary>A probe that stays behind does no harm; what it found out holds all the same.</summary>
    private static async Task TryDeleteAsync(IObjectStore store, string key)
    {
        try
        {
            await store.DeleteAsync(key, CancellationToken.None);
        }
        catch (ObjectStoreException)
        {
            // No right to delete, or the store went away.
        }
    }
}
