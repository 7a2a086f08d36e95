using System.Net;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>A connection over a TLS session that is established, on the descriptor of its handshake.</summary>
internal sealed class EpollTlsConnection : StreamConnection, IEpollTarget
{
    private readonly TlsSocket _socket;
    private readonly RemoteAddress _address;
    private readonly EndPoint? _remote;
    private bool _isReadablePosted;

    /// <summary>Takes over the socket of a handshake that is complete.</summary>
    public EpollTlsConnection(
        EpollLoop loop, TlsSocket socket, in RemoteAddress address, EndPoint? remote, TlsDetails details)
        : base(loop)
    {
        _socket = socket;
        _address = address;
        _remote = remote;
        Tls = details;
    }

    /// <inheritdoc/>
    public uint Generation { get; set; }

    /// <inheritdoc/>
    public bool IsConnection => true;

    /// <inheritdoc/>
    public override TlsDetails Tls { get; }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint => _remote ?? _address.ToEndPoint();

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint => IsClosed ? null : SocketName.Of(_socket.Descriptor) ?? _remote;

    /// <inheritdoc/>
    public override int UnacknowledgedBytes => IsClosed ? 0 : SendQueue.BytesOf(_socket.Descriptor);

    /// <inheritdoc/>
    public override uint? FindRemoteUser() => RemoteUser.Of(_socket.Descriptor, RemoteEndPoint, LocalEndPoint);

    /// <inheritdoc/>
    public void OnEvents(EpollEvents events)
    {
        _socket.NoteEvents(events);
        NoteRemoteClosed(events.RemoteEnd());
        if (events.HasReadable())
        {
            OnReadable();
        }

        if (!IsClosed && events.HasWritable())
        {
            OnWritable(0);
        }
    }

    /// <inheritdoc/>
    public void OnLoopEnds() => Abort();

    /// <inheritdoc/>
    internal override int Receive(Span<byte> buffer)
    {
        var received = _socket.Receive(buffer);
        if (received > 0 && _socket.End is { } end)
        {
            // Without an event to come for it, the end has to be asked for after these bytes.
            NoteRemoteClosed(end == 0 ? CloseReason.RemoteFinished : CloseReason.RemoteReset);
        }

        return received;
    }

    /// <inheritdoc/>
    internal override int Peek() => _socket.Peek();

    /// <inheritdoc/>
    internal override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => _socket.Send(first, second);

    /// <inheritdoc/>
    internal override void AwaitReadable()
    {
        // The registration is permanent, and the next arrival causes an event; what has been left in the socket does not.
        if (_socket.HasLeftBytes && !_isReadablePosted && !IsClosed)
        {
            _isReadablePosted = true;
            WorkLoop.Post(static connection => ((EpollTlsConnection)connection!).OnTurnCameRound(), this);
        }
    }

    /// <inheritdoc/>
    protected override void ShutdownSocketSend() => _socket.ShutdownSend();

    /// <inheritdoc/>
    protected override void CloseSocket(CloseReason reason) => _socket.Close(reason);

    private void OnTurnCameRound()
    {
        _isReadablePosted = false;
        if (!IsClosed)
        {
            OnReadable();
        }
    }
}
