namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Bytes under keys: an S3 bucket, a directory, or memory in tests. Every call ends within 30 s; every failure is an
/// <see cref="ObjectStoreException"/>. A reader never sees a part of a write, and a document that is larger than
/// <see cref="DocumentLimits"/> allows is refused without being read.
/// </summary>
public interface IObjectStore : IDisposable
{
    /// <summary>What it is, for messages: <c>S3 bucket releases</c>, <c>directory /srv/store</c>.</summary>
    string Description { get; }

    /// <summary>Reads a whole object, of at most <see cref="DocumentLimits.Of"/> its key.</summary>
    /// <returns>The object; null when there is none of that key.</returns>
    /// <exception cref="ObjectStoreException">The store refused, is away or took too long.</exception>
    Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Opens an object for reading without holding it in memory; for image archives.</summary>
    /// <returns>The content, to be disposed; null when there is none of that key.</returns>
    /// <exception cref="ObjectStoreException">The store refused, is away or took too long.</exception>
    Task<ObjectContent?> OpenReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes a whole object, or nothing.</summary>
    /// <returns>What became of it; without a condition always <see cref="PutOutcome.Stored"/>.</returns>
    /// <exception cref="ObjectStoreException">
    /// The store refused, is away or took too long. A write without a condition may have happened all the same.
    /// </exception>
    Task<PutOutcome> PutAsync(
        string key, ReadOnlyMemory<byte> bytes, PutCondition condition, CancellationToken cancellationToken);

    /// <summary>Copies an object inside the store, replacing what the destination held.</summary>
    /// <returns>False when there is no object to copy.</returns>
    /// <exception cref="ObjectStoreException">The store refused, is away or took too long.</exception>
    Task<bool> CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken);

    /// <summary>
    /// The keys that begin with a text and have no slash after it, in ordinal order; the first
    /// <see cref="ObjectStores.MaxListed"/> of them.
    /// </summary>
    /// <param name="keyPrefix">What they begin with.</param>
    /// <param name="after">Only keys that come after this one; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ObjectStoreException">The store refused, is away or took too long.</exception>
    Task<IReadOnlyList<string>> ListAsync(string keyPrefix, string? after, CancellationToken cancellationToken);

    /// <summary>Deletes an object; that there is none is no error.</summary>
    /// <exception cref="ObjectStoreException">The store refused, is away or took too long.</exception>
    Task DeleteAsync(string key, CancellationToken cancellationToken);
}
