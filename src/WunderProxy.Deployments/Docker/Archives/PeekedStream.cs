namespace WunderProxy.Deployments.Docker.Archives;

/// <summary>A stream whose first bytes can be examined before it is read.</summary>
internal sealed class PeekedStream : Stream
{
    private readonly Stream _inner;
    private ReadOnlyMemory<byte> _unread;

    private PeekedStream(Stream inner, ReadOnlyMemory<byte> start) => (_inner, _unread, Start) = (inner, start, start);

    /// <summary>The first bytes of the stream; fewer if it is shorter.</summary>
    public ReadOnlyMemory<byte> Start { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads the first bytes of a stream, which the result shows and still delivers.</summary>
    /// <param name="inner">The stream to read; the caller disposes of it.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async ValueTask<PeekedStream> OpenAsync(Stream inner, CancellationToken cancellationToken)
    {
        var start = new byte[ArchiveCompression.StartBytes];
        var read = await inner.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        return new PeekedStream(inner, start.AsMemory(0, read));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_unread.IsEmpty)
        {
            return _inner.ReadAsync(buffer, cancellationToken);
        }

        return ValueTask.FromResult(TakeUnread(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        _unread.IsEmpty ? _inner.Read(buffer, offset, count) : TakeUnread(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int TakeUnread(Span<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, _unread.Length);
        _unread.Span[..taken].CopyTo(buffer);
        _unread = _unread[taken..];
        return taken;
    }
}
