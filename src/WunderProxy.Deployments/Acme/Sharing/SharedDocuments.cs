using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Acme.Sharing;

/// <summary>
/// What instances share about certificates: sealed documents under <c>PREFIX/acme/</c>, and the lease that lets one of them
/// order.
/// </summary>
internal sealed class SharedDocuments(
    IObjectStore store, string prefix, SealingKey key, NoticeBoard notices, TimeProvider clock)
{
    private const string OtherKeyTopic = "acme-other-key-";
    private const string AsideTopic = "acme-put-aside-";

    /// <summary>
    /// Reads a document. One that was changed is put aside with a warning; one that was sealed with another key is left
    /// alone.
    /// </summary>
    /// <returns>The content; null if there is none that can be used.</returns>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    /// <exception cref="ForeignSealException">The document was sealed with another key.</exception>
    public Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken) =>
        ReadAsync(name, static bytes => bytes, cancellationToken);

    /// <summary>Reads a document and parses it; what the parser refuses is put aside as well.</summary>
    /// <param name="name">Name of the document.</param>
    /// <param name="parse">Returns what the bytes mean, or throws <see cref="FormatException"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    /// <exception cref="ForeignSealException">The document was sealed with another key.</exception>
    public async Task<T?> ReadAsync<T>(string name, Func<byte[], T> parse, CancellationToken cancellationToken)
        where T : class
    {
        var path = ObjectKey.Acme(prefix, name);
        StoredObject? read;
        try
        {
            read = await store.GetAsync(path, cancellationToken);
        }
        catch (ObjectStoreException exception) when (exception.Fault is ObjectStoreFault.TooLarge or ObjectStoreFault.Corrupt)
        {
            await PutAsideAsync(path, exception.Message, cancellationToken);
            return null;
        }

        if (read is null)
        {
            notices.Warn(OtherKeyTopic + path, null);
            return null;
        }

        switch (key.TryOpen(name, read.Bytes.Span, out var content))
        {
            case SealVerdict.OtherKey:
                var foreign = new ForeignSealException(
                    $"{path}; give all instances the same file, or delete what lies under acme/ in the store after a change of the key");
                notices.Warn(OtherKeyTopic + path, foreign.Message, foreign.Quoted);
                throw foreign;
            case SealVerdict.Damaged:
                await PutAsideAsync(path, "it was damaged or forged", cancellationToken);
                return null;
        }

        notices.Warn(OtherKeyTopic + path, null);
        try
        {
            return parse(content);
        }
        catch (FormatException exception)
        {
            await PutAsideAsync(path, exception.Message, cancellationToken);
            return null;
        }
    }

    /// <summary>Writes a document in place of an earlier one.</summary>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    public Task WriteAsync(string name, byte[] content, CancellationToken cancellationToken) =>
        store.PutAsync(ObjectKey.Acme(prefix, name), key.Seal(name, content), PutCondition.None, cancellationToken);

    /// <summary>Lists the names of the documents that begin with a text.</summary>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    public async Task<HashSet<string>> ListAsync(string start, CancellationToken cancellationToken)
    {
        var folder = ObjectKey.Acme(prefix, "");
        var keys = await store.ListAsync(folder + start, cancellationToken);
        return [.. keys.Select(key => key[folder.Length..])];
    }

    /// <summary>Deletes a document; a missing one is no error.</summary>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        store.DeleteAsync(ObjectKey.Acme(prefix, name), cancellationToken);

    /// <summary>Takes the right to order; it is given back by disposing.</summary>
    /// <exception cref="LeaseHeldException">Another instance has it.</exception>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    public Task<DeployerLease> TakeLeaseAsync(CancellationToken cancellationToken) =>
        DeployerLease.TakeAsync(store, prefix, LeaseKind.Ordering, "another instance", clock, cancellationToken);

    private async Task PutAsideAsync(string path, string reason, CancellationToken cancellationToken)
    {
        var aside = $"{path}.rejected-{Guid.NewGuid().ToString("n")[..8]}";
        await store.CopyAsync(path, aside, cancellationToken);
        await store.DeleteAsync(path, cancellationToken);
        notices.Warn(
            AsideTopic + path,
            "a shared document of the ACME certificates cannot be used",
            $"{path} in the {store.Description} was put aside as {aside}: {reason}");
    }
}
