namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Stores bytes under keys: an S3 bucket, a directory, or memory in tests. Every call ends within 30 s, and every
/// failure is an <see cref="ObjectStoreException"/>. A reader never sees part of a write, and a document larger than
/// <see cref="DocumentLimits"/> allows is refused without being read.
/// </summary>
public interface IObjectStore : IDisposable
{
    /// <summary>
    /// Kind and name of the store for messages: <c>S3 bucket releases</c>, <c>directory /srv/store</c>.
    /// </summary>
    string Description { get; }

    /// <summary>Reads a whole object, up to the limit that <see cref="DocumentLimits.Of"/> gives for its key.</summary>
    /// <returns>The object, or null if the key has none.</returns>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Opens an object for reading without holding all of it in memory; for image archives.</summary>
    /// <returns>The content, which the caller disposes of, or null if the key has no object.</returns>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    Task<ObjectContent?> OpenReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes a whole object, or nothing.</summary>
    /// <returns>The outcome; without a condition always <see cref="PutOutcome.Stored"/>.</returns>
    /// <exception cref="ObjectStoreException">
    /// The store refused, cannot be reached or took too long. A write without a condition may have happened
    /// nevertheless.
    /// </exception>
    Task<PutOutcome> PutAsync(
        string key, ReadOnlyMemory<byte> bytes, PutCondition condition, CancellationToken cancellationToken);

    /// <summary>Copies an object inside the store, replacing the destination.</summary>
    /// <returns>False if there is no object to copy.</returns>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    Task<bool> CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken);

    /// <summary>
    /// Lists the keys that begin with <paramref name="keyPrefix"/> and have no slash after it, in ordinal order, at
    /// most <see cref="ObjectStores.MaxListed"/>.
    /// </summary>
    /// <param name="keyPrefix">The start of the keys.</param>
    /// <param name="after">Only keys after this one in ordinal order are listed; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    Task<IReadOnlyList<string>> ListAsync(string keyPrefix, string? after, CancellationToken cancellationToken);

    /// <summary>Deletes an object; a missing object is not an error.</summary>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    Task DeleteAsync(string key, CancellationToken cancellationToken);
}
