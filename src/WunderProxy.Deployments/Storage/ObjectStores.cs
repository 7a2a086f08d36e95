namespace WunderProxy.Deployments.Storage;

/// <summary>Opens the store that a bucket argument names.</summary>
public static class ObjectStores
{
    /// <summary>What a directory is named with.</summary>
    public const string DirectoryScheme = "file:";

    /// <summary>Longest time for one call to a store.</summary>
    public static TimeSpan CallLimit { get; } = TimeSpan.FromSeconds(30);

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
}
