namespace WunderProxy.Deployments.Storage;

/// <summary>An object as it was read from the store.</summary>
/// <param name="Bytes">The whole content.</param>
/// <param name="ETag">
/// The store's entity tag of this content, without quotes or <c>W/</c>, for use in a condition; empty if the store
/// sends none.
/// </param>
public sealed record StoredObject(ReadOnlyMemory<byte> Bytes, string ETag);
