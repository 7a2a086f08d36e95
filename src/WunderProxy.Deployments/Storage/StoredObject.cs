namespace WunderProxy.Deployments.Storage;

/// <summary>One object as it was read.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="ETag">
/// The store's mark of this content, without quotes or <c>W/</c>; to be given back in a condition. Empty when the store
/// sends none.
/// </param>
public sealed record StoredObject(ReadOnlyMemory<byte> Bytes, string ETag);
