namespace WunderProxy.Deployments.Storage;

/// <summary>Finds out whether a store keeps its conditions: some servers refuse them, and some ignore them.</summary>
internal static class ConditionalWriteProbe
{
    /// <summary>
    /// Writes a probe object twice with <c>If-None-Match: *</c>; the second must fail. Then deletes it.
    /// </summary>
    public static async Task<bool> RunAsync(IObjectStore store, string prefix, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Probe(prefix, Guid.NewGuid().ToString("n"));
        var first = await store.PutAsync(key, "{}"u8.ToArray(), PutCondition.IfAbsent, cancellationToken);
        if (first == PutOutcome.NotSupported)
        {
            return false;
        }

        try
        {
            var second = await store.PutAsync(key, "{}"u8.ToArray(), PutCondition.IfAbsent, cancellationToken);
            return second switch
            {
                PutOutcome.PreconditionFailed => true,
                PutOutcome.Unknown => throw new ObjectStoreException(
                    ObjectStoreFault.Unavailable, $"the {store.Description} does not say whether it wrote"),
                _ => false,
            };
        }
        finally
        {
            await store.DeleteAsync(key, cancellationToken);
        }
    }
}
