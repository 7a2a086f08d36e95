namespace WunderProxy.Deployments.Storage;

/// <summary>An object that is read as a stream. Disposing it closes the stream.</summary>
/// <param name="content">The bytes, from the first.</param>
/// <param name="lengthBytes">How many there are; null when the store does not say.</param>
/// <param name="owner">What else ends with it; may be null.</param>
public sealed class ObjectContent(Stream content, long? lengthBytes, IDisposable? owner = null) : IAsyncDisposable
{
    /// <summary>The bytes, from the first.</summary>
    public Stream Content { get; } = content;

    /// <summary>How many bytes there are; null when the store does not say.</summary>
    public long? LengthBytes { get; } = lengthBytes;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        owner?.Dispose();
    }
}
