using System.Buffers;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.SslStreams;

/// <summary>A connection as the stream of ciphertext under an <see cref="System.Net.Security.SslStream"/>.</summary>
/// <remarks>Reads and writes asynchronously only, on the loop of the connection, whose closing ends both.</remarks>
internal sealed class ConnectionStream(TransportConnection connection) : Stream
{
    private int _allowance = TlsLimits.MaxHandshakeBytes;

    /// <summary>Whether the connection has ended on the remote side, in order or not.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether the remote end sent more bytes than a handshake can need.</summary>
    public bool IsOverAllowance => _allowance < 0;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Lifts the bound on received bytes, because the handshake is complete.</summary>
    public void EndHandshake() => _allowance = int.MaxValue;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsOverAllowance)
        {
            return 0;
        }

        var read = await connection.Input.ReadAsync(CancellationToken.None);
        var taken = (int)Math.Min(read.Buffer.Length, buffer.Length);
        var part = read.Buffer.Slice(0, taken);
        part.CopyTo(buffer.Span);
        HasEnded |= read.IsCompleted && read.Buffer.IsEmpty;
        connection.Input.AdvanceTo(part.End);
        _allowance -= _allowance == int.MaxValue ? 0 : taken;
        return IsOverAllowance ? 0 : taken;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if ((await connection.Output.WriteAsync(buffer, CancellationToken.None)).IsCompleted)
        {
            throw new IOException("The connection is closed.");
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
        // Empty: a write completes when the operating system has the bytes.
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
