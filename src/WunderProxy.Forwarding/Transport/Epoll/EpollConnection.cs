using System.Net;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>A connection over a bare descriptor, registered with epoll once, edge-triggered, for all events.</summary>
internal sealed class EpollConnection : StreamConnection, IEpollTarget
{
    private readonly EndPoint? _remote;
    private readonly RemoteAddress _address;
    private EpollSocket _socket;

    public EpollConnection(EpollLoop loop, int descriptor, in RemoteAddress address, EndPoint? remote)
        : base(loop)
    {
        _socket = new EpollSocket(descriptor);
        _address = address;
        _remote = remote;
    }

    /// <inheritdoc/>
    public uint Generation { get; set; }

    /// <inheritdoc/>
    public bool IsConnection => true;

    /// <summary>Whether the socket has an <see cref="UnsentLimit"/>, inherited from its listening socket.</summary>
    public bool HasUnsentLimit { get; init; }

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
        NoteRemoteClosed(events.RemoteEnd());
        if (events.HasReadable())
        {
            OnReadable();
        }

        if (!IsClosed && events.HasWritable())
        {
            _socket.NoteWritable();
            OnWritable(0);
            WakeReaderOfOther();
        }
    }

    /// <inheritdoc/>
    public void OnLoopEnds() => Abort();

    /// <inheritdoc/>
    internal override bool ReceivesBulk => true;

    /// <inheritdoc/>
    internal override int Receive(Span<byte> buffer) => _socket.Receive(buffer);

    /// <inheritdoc/>
    internal override int Peek()
    {
        Span<byte> one = stackalloc byte[1];
        return _socket.Receive(one, LinuxCalls.MsgPeek);
    }

    /// <inheritdoc/>
    internal override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => _socket.Send(first, second);

    /// <inheritdoc/>
    internal override DirectRelay? TryOpenRelayTo(StreamConnection destination) =>
        destination is EpollConnection other && other.WorkLoop == WorkLoop
            ? ((EpollLoop)WorkLoop).Relays.Rent(this, other)
            : null;

    /// <summary>Sets the <see cref="UnsentLimit"/> in bytes, if the connection has one.</summary>
    internal void LimitUnsent(int bytes)
    {
        if (HasUnsentLimit && !IsClosed)
        {
            _socket.LimitUnsent(bytes);
        }
    }

    /// <summary>Moves bytes that have arrived into a pipe.</summary>
    /// <returns>
    /// Number of bytes, 0 after the last one of the remote end, or an <see cref="IoStatus"/>;
    /// <see cref="IoStatus.Full"/> if the pipe has no room.
    /// </returns>
    internal int SpliceTo(SplicePipe pipe, int maxBytes)
    {
        if (IsClosed || !MayReceive)
        {
            return IsClosed ? IoStatus.Broken : IoStatus.WouldBlock;
        }

        var moved = _socket.SpliceTo(pipe, maxBytes);
        if (moved == IoStatus.WouldBlock && pipe.HeldBytes > 0 && Peek() != IoStatus.WouldBlock)
        {
            // A full pipe is no reason to wait for an event of the socket, which has come already.
            return IoStatus.Full;
        }

        NoteReceived(moved);
        return moved;
    }

    /// <summary>Sends bytes from a pipe to the socket.</summary>
    /// <returns>Number of bytes, or an <see cref="IoStatus"/>.</returns>
    internal int SpliceFrom(SplicePipe pipe) => IsClosed ? IoStatus.Broken : _socket.SpliceFrom(pipe);

    /// <inheritdoc/>
    internal override void AwaitReadable()
    {
        // Empty: the registration is permanent, and the next arrival causes an event.
    }

    /// <inheritdoc/>
    protected override void ShutdownSocketSend() => _socket.ShutdownSend();

    /// <inheritdoc/>
    protected override void CloseSocket(CloseReason reason) => _socket.Close((EpollLoop)WorkLoop, reason);
}
