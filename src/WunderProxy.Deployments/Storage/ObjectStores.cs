namespace WunderProxy.Deployments.Storage;

/// <summary>Opens the store that a bucket argument names.</summary>
public static class ObjectStores
{
    /// <summary>What a directory is named with.</summary>
    public const string DirectoryScheme = "file:";

    /// <summary>Longest time for one call to a store.</summary>
    public static TimeSpan CallLimit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Most keys that one listing gives.</summary>
    public const int MaxListed = 10_000;

    /// <summary>
    /// One spelling for each store: <c>file:/s</c>, <c>file:/s/</c> and <c>file:/x/../s</c> are the same service, with
    /// one state directory, one lock and the same labels. Links are not resolved: what they lead to may change.
    /// </summary>
    public static string Canonical(string bucket) =>
        bucket.StartsWith(DirectoryScheme, StringComparison.Ordinal) && bucket.Length > DirectoryScheme.Length
            ? DirectoryScheme + CanonicalDirectory(bucket[DirectoryScheme.Length..])
            : bucket;

    /// <summary>Whether keys of a prefix can be in a store: in a directory, none that would leave it.</summary>
    public static bool CanHold(string bucket, string prefix) =>
        !bucket.StartsWith(DirectoryScheme, StringComparison.Ordinal) || prefix.Trim('/') is var trimmed
            && (trimmed.Length == 0 || DirectoryLayout.IsKey(trimmed));

    /// <summary>
    /// Opens a store without talking to it: <c>file:DIR</c> is a directory, created when its parent exists, anything
    /// else the name of an S3 bucket, whose credentials, region and endpoint come from the AWS SDK's own environment.
    /// </summary>
    /// <exception cref="ObjectStoreException">
    /// <see cref="ObjectStoreFault.BadLocation"/>: a plain file, a directory without a parent, no bucket name.
    /// </exception>
    public static IObjectStore Open(string bucket, TimeProvider time)
    {
        if (bucket.StartsWith(DirectoryScheme, StringComparison.Ordinal))
        {
            return DirectoryObjectStore.Open(bucket[DirectoryScheme.Length..], time);
        }

        return S3ObjectStore.Open(bucket, time);
    }

    /// <summary>The first keys that begin with a text and have no slash after it, in ordinal order.</summary>
    /// <exception cref="ObjectStoreException">The store refused, is away or took too long.</exception>
    public static Task<IReadOnlyList<string>> ListAsync(
        this IObjectStore store, string keyPrefix, CancellationToken cancellationToken) =>
        store.ListAsync(keyPrefix, after: null, cancellationToken);

    internal static string CanonicalDirectory(string directory)
    {
        // POSIX lets two leading slashes mean something else; Linux does not.
        var full = Path.GetFullPath("/" + Path.GetFullPath(directory).TrimStart('/'));
        return full.Length > 1 ? full.TrimEnd('/') : full;
    }
}
