using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.SslStreams;

/// <summary>
/// A connection over an established <see cref="SslStream"/>, which lies over a plain connection of any transport.
/// </summary>
/// <remarks>
/// A read that was cancelled leaves an SslStream unusable. So reads belong to a pump: it reads when somebody waits for
/// bytes, keeps what arrives, and is never cancelled; only the waiting for it is. A failure of the stream, whatever its type,
/// breaks that side of the connection, as a remote end can.
/// </remarks>
#pragma warning disable CA1001 // The stream is disposed of when the connection is closed and its calls have returned.
internal sealed class SslStreamConnection : StreamConnection, IConnectionWatcher
#pragma warning restore CA1001
{
    private readonly TransportConnection _plain;
    private readonly ConnectionStream _wire;
    private readonly SslStream _stream;
    private BufferBlock? _arrived;
    private int _offset;
    private int _count;
    private int? _end;
    private bool _isReading;
    private bool _isStartingToRead;
    private bool _isWriting;
    private bool _isWritingBroken;
    private bool _isFinishing;

    /// <summary>Takes over the stream of a handshake that is complete, and the connection under it.</summary>
    /// <param name="plain">The connection that carries TLS.</param>
    /// <param name="wire">The plain connection as a stream.</param>
    /// <param name="stream">The TLS stream, authenticated.</param>
    /// <param name="client">The client's address, which a PROXY header may have named.</param>
    public SslStreamConnection(TransportConnection plain, ConnectionStream wire, SslStream stream, EndPoint? client)
        : base((WorkLoop)plain.Loop)
    {
        _plain = plain;
        _wire = wire;
        _stream = stream;
        RemoteEndPoint = client;
        Tls = Describe(stream);
        plain.Watcher = this;
    }

    /// <inheritdoc/>
    public override TlsDetails Tls { get; }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint { get; }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint => _plain.LocalEndPoint;

    /// <inheritdoc/>
    public override int UnacknowledgedBytes => _plain.UnacknowledgedBytes;

    /// <inheritdoc/>
    public override uint? FindRemoteUser() => _plain.FindRemoteUser();

    /// <inheritdoc/>
    public void OnRemoteClosed(TransportConnection connection, CloseReason reason)
    {
        if (!IsClosed)
        {
            NoteRemoteClosed(reason);
        }
    }

    /// <inheritdoc/>
    internal override int Receive(Span<byte> buffer)
    {
        if (_count == 0)
        {
            return _end ?? IoStatus.WouldBlock;
        }

        var taken = Math.Min(buffer.Length, _count);
        _arrived!.Bytes.AsSpan(_offset, taken).CopyTo(buffer);
        _offset += taken;
        _count -= taken;
        if (_count == 0)
        {
            ReleaseArrived();
        }

        return taken;
    }

    /// <inheritdoc/>
    internal override int Peek() => _count > 0 ? 1 : _end ?? IoStatus.WouldBlock;

    /// <inheritdoc/>
    internal override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (_isWriting || _isWritingBroken)
        {
            return _isWriting ? IoStatus.WouldBlock : IoStatus.Broken;
        }

        // A copy, because after a cancelled flush the caller takes its memory back; it also joins head and body.
        var block = WorkLoop.Buffers.RentLarge();
        var fromFirst = Math.Min(first.Length, block.Bytes.Length);
        var fromSecond = Math.Min(second.Length, block.Bytes.Length - fromFirst);
        first[..fromFirst].CopyTo(block.Bytes);
        second[..fromSecond].CopyTo(block.Bytes.AsSpan(fromFirst));
        _isWriting = true;
        var writing = WriteAsync(block, fromFirst + fromSecond);
        if (writing.IsCompletedSuccessfully)
        {
            return _isWritingBroken ? IoStatus.Broken : writing.Result;
        }

        _ = ReportWrittenAsync(writing);
        return IoStatus.WouldBlock;
    }

    /// <inheritdoc/>
    internal override void AwaitReadable()
    {
        if (!_isReading && !IsClosed && _count == 0 && _end is null)
        {
            _isReading = true;
            _isStartingToRead = true;
            _ = ReadAsync();
            _isStartingToRead = false;
        }
    }

    /// <inheritdoc/>
    protected override void ShutdownSocketSend() => _ = FinishAsync();

    /// <inheritdoc/>
    protected override void CloseSocket(CloseReason reason)
    {
        _plain.Watcher = null;
        if (reason == CloseReason.ClosedHere && !_isWriting)
        {
            // The plain connection has all content. It need not have the close_notify too: a reset would throw away what
            // the remote end has not received yet.
            if (!_isWritingBroken)
            {
                _ = FinishAsync();
            }

            _plain.Close();
        }
        else
        {
            _plain.Abort();
        }

        ReleaseArrived();
        DisposeWhenUnused();
    }

    private static TlsDetails Describe(SslStream stream)
    {
        var alpn = stream.NegotiatedApplicationProtocol;
        return new TlsDetails(
            stream.SslProtocol == SslProtocols.Tls13 ? TlsDetails.Version13 : TlsDetails.Version12,
            stream.NegotiatedCipherSuite.ToString(),
            alpn == SslApplicationProtocol.Http11 ? "http/1.1" : alpn.Protocol.IsEmpty ? null : alpn.ToString(),
            IsResumed: false);
    }

    private async Task ReadAsync()
    {
        int read;
        try
        {
            // The read of no bytes waits without a buffer.
            _ = await _stream.ReadAsync(Memory<byte>.Empty);
            await Loop.ReturnAsync();
            _arrived = WorkLoop.Buffers.RentLarge();
            read = await _stream.ReadAsync(_arrived.Bytes);
        }
#pragma warning disable CA1031 // No failure may leave the read pending for ever: a tunnel has no time limit.
        catch (Exception)
#pragma warning restore CA1031
        {
            read = IoStatus.Broken;
        }

        await Loop.ReturnAsync();

        // A read that completes inside the call that started it must not re-enter the caller. Any other is reported at
        // once: in the last turn of a loop, posted work would not run any more.
        if (_isStartingToRead)
        {
            WorkLoop.Post(_ => OnRead(read), null);
        }
        else
        {
            OnRead(read);
        }
    }

    private void OnRead(int read)
    {
        _isReading = false;
        if (read <= 0 || IsClosed)
        {
            ReleaseArrived();
        }

        if (IsClosed)
        {
            DisposeWhenUnused();
            return;
        }

        if (read > 0)
        {
            _offset = 0;
            _count = read;
        }
        else
        {
            // The stream reports the end of the connection like a close_notify; only the latter ends it in order.
            _end = read == 0 && _wire.HasEnded ? IoStatus.Broken : read;
        }

        OnReadable();
    }

    private async ValueTask<int> WriteAsync(BufferBlock block, int length)
    {
        try
        {
            await _stream.WriteAsync(block.Bytes.AsMemory(0, length));
        }
#pragma warning disable CA1031 // No failure may leave the write pending for ever: a tunnel has no time limit.
        catch (Exception)
#pragma warning restore CA1031
        {
            _isWritingBroken = true;
        }

        await Loop.ReturnAsync();
        WorkLoop.Buffers.Return(block);
        _isWriting = false;
        return length;
    }

    private async Task ReportWrittenAsync(ValueTask<int> writing)
    {
        var written = await writing;
        if (IsClosed)
        {
            DisposeWhenUnused();
            return;
        }

        OnWritable(_isWritingBroken ? 0 : written);
    }

    /// <summary>Sends a close_notify and then the end of the stream.</summary>
    private async Task FinishAsync()
    {
        if (_isFinishing)
        {
            return;
        }

        _isFinishing = true;
        try
        {
            await _stream.ShutdownAsync();
        }
#pragma warning disable CA1031 // Whatever fails, the end of the stream has to be sent.
        catch (Exception)
#pragma warning restore CA1031
        {
            _isWritingBroken = true;
        }

        await Loop.ReturnAsync();
        _plain.ShutdownSend();
    }

    private void ReleaseArrived()
    {
        // The pump may still read into the block, and releases it afterwards.
        if (_arrived is { } block && !_isReading)
        {
            WorkLoop.Buffers.Return(block);
            _arrived = null;
            _count = 0;
        }
    }

    private void DisposeWhenUnused()
    {
        if (!_isReading && !_isWriting)
        {
            _stream.Dispose();

            // The plain connection may hold bytes that nobody has read.
            _plain.Input.Complete();
        }
    }
}
