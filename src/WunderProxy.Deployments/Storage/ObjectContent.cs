namespace WunderProxy.Deployments.Storage;

/// <summary>An object's content as a stream; disposing closes the stream.</summary>
/// <param name="content">The bytes from the start of the object.</param>
/// <param name="lengthBytes">Number of bytes, or null if the store does not say.</param>
/// <param name="owner">A resource to dispose of with the stream; may be null.</param>
public sealed class ObjectContent(Stream content, long? lengthBytes, IDisposable? owner = null) : IAsyncDisposable
{
    /// <summary>The bytes from the start of the object.</summary>
    public Stream Content { get; } = content;

    /// <summary>Number of bytes, or null if the store does not say.</summary>
    public long? LengthBytes { get; } = lengthBytes;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        owner?.Dispose();
    }
}
