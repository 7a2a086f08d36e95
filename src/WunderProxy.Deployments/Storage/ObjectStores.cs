namespace WunderProxy.Deployments.Storage;

/// <summary>Opens the store that a bucket argument names.</summary>
public static class ObjectStores
{
    /// <summary>The start of a bucket argument that names a directory.</summary>
    public const string DirectoryScheme = "file:";

    /// <summary>Longest time for one call to a store: 30 s.</summary>
    public static TimeSpan CallLimit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Most keys that one listing returns.</summary>
    public const int MaxListed = 10_000;

    /// <summary>
    /// Returns the canonical spelling of a bucket argument: <c>file:/s</c>, <c>file:/s/</c> and <c>file:/x/../s</c> are
    /// the same service, with one state directory, one lock and the same labels. Links are not resolved, because their
    /// targets may change.
    /// </summary>
    public static string Canonical(string bucket) =>
        bucket.StartsWith(DirectoryScheme, StringComparison.Ordinal) && bucket.Length > DirectoryScheme.Length
            ? DirectoryScheme + CanonicalDirectory(bucket[DirectoryScheme.Length..])
            : bucket;

    /// <summary>
    /// Whether a store can hold keys with this prefix; a directory cannot hold keys that would leave it.
    /// </summary>
    public static bool CanHold(string bucket, string prefix) =>
        !bucket.StartsWith(DirectoryScheme, StringComparison.Ordinal) || prefix.Trim('/') is var trimmed
            && (trimmed.Length == 0 || DirectoryLayout.IsKey(trimmed));

    /// <summary>
    /// Opens a store without contacting it. <c>file:DIR</c> is a directory, created if its parent exists; any other
    /// text is the name of an S3 bucket, whose credentials, region and endpoint come from the AWS SDK's environment.
    /// </summary>
    /// <exception cref="ObjectStoreException">
    /// <see cref="ObjectStoreFault.BadLocation"/>: the location is a plain file, a directory without a parent, or not a
    /// bucket name.
    /// </exception>
    public static IObjectStore Open(string bucket, TimeProvider clock)
    {
        if (bucket.StartsWith(DirectoryScheme, StringComparison.Ordinal))
        {
            return DirectoryObjectStore.Open(bucket[DirectoryScheme.Length..], clock);
        }

        return S3ObjectStore.Open(bucket, clock);
    }

    /// <summary>
    /// Lists the keys that begin with <paramref name="keyPrefix"/> and have no slash after it, in ordinal order.
    /// </summary>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    public static Task<IReadOnlyList<string>> ListAsync(
        this IObjectStore store, string keyPrefix, CancellationToken cancellationToken) =>
        store.ListAsync(keyPrefix, after: null, cancellationToken);

    internal static string CanonicalDirectory(string directory)
    {
        // POSIX lets two leading slashes have a special meaning; in Linux they have none.
        var full = Path.GetFullPath("/" + Path.GetFullPath(directory).TrimStart('/'));
        return full.Length > 1 ? full.TrimEnd('/') : full;
    }
}
