using System.Net;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>A connection over a bare descriptor, registered with epoll once, edge-triggered, for all events.</summary>
internal sealed unsafe class EpollConnection : StreamConnection, IEpollTarget
{
    private readonly EndPoint? _remote;
    private readonly RemoteAddress _address;
    private int _descriptor;
    private bool _isFull;

    public EpollConnection(EpollLoop loop, int descriptor, in RemoteAddress address, EndPoint? remote)
        : base(loop)
    {
        _descriptor = descriptor;
        _address = address;
        _remote = remote;
    }

    /// <inheritdoc/>
    public uint Generation { get; set; }

    /// <summary>Whether the socket has an <see cref="UnsentLimit"/>, inherited from its listening socket.</summary>
    public bool HasUnsentLimit { get; init; }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint => _remote ?? _address.ToEndPoint();

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint => IsClosed ? null : SocketName.Of(_descriptor) ?? _remote;

    /// <inheritdoc/>
    public override uint? FindRemoteUser() => RemoteUser.Of(_descriptor, RemoteEndPoint, LocalEndPoint);

    /// <inheritdoc/>
    public void OnEvents(EpollEvents events)
    {
        if ((events & EpollEvents.Error) != EpollEvents.None)
        {
            NoteRemoteClosed(CloseReason.RemoteReset);
        }
        else if ((events & (EpollEvents.ReadHangUp | EpollEvents.HangUp)) != EpollEvents.None)
        {
            NoteRemoteClosed(CloseReason.RemoteFinished);
        }

        if ((events & ~EpollEvents.Out) != EpollEvents.None)
        {
            OnReadable();
        }

        if (!IsClosed && (events & (EpollEvents.Out | EpollEvents.Error | EpollEvents.HangUp)) != EpollEvents.None)
        {
            _isFull = false;
            OnWritable(0);
        }
    }

    /// <inheritdoc/>
    public void OnLoopEnds() => Abort();

    /// <inheritdoc/>
    internal override int Receive(Span<byte> buffer) => Receive(buffer, flags: 0);

    /// <inheritdoc/>
    internal override int Peek()
    {
        Span<byte> one = stackalloc byte[1];
        return Receive(one, LinuxCalls.MsgPeek);
    }

    /// <inheritdoc/>
    internal override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (_isFull)
        {
            return IoStatus.WouldBlock;
        }

        nint sent;
        fixed (byte* firstStart = first, secondStart = second)
        {
            sent = first.IsEmpty ? SendOne(secondStart, second.Length)
                : second.IsEmpty ? SendOne(firstStart, first.Length)
                : SendTwo(firstStart, first.Length, secondStart, second.Length);
        }

        // A short send means that the socket is full. An event will follow; another call would only cost time.
        _isFull = sent >= 0 && sent < first.Length + second.Length;
        return sent >= 0 ? (int)sent : StatusOfError();
    }

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
            // A unix socket refuses this option, which does no harm.
            _ = LinuxCalls.SetSocketOption(_descriptor, LinuxCalls.IpProtoTcp, UnsentLimit.Option, &bytes, sizeof(int));
        }
    }

    /// <summary>Moves bytes that have arrived into a pipe.</summary>
    /// <returns>Number of bytes, 0 after the last one of the remote end, or an <see cref="IoStatus"/>.</returns>
    internal int SpliceTo(SplicePipe pipe, int maxBytes)
    {
        if (IsClosed || !MayReceive)
        {
            return IsClosed ? IoStatus.Broken : IoStatus.WouldBlock;
        }

        var moved = pipe.TakeFrom(_descriptor, maxBytes);
        moved = moved >= 0 ? moved : StatusOfError();
        NoteReceived(moved);
        return moved;
    }

    /// <summary>Sends bytes from a pipe to the socket.</summary>
    /// <returns>Number of bytes, or an <see cref="IoStatus"/>.</returns>
    internal int SpliceFrom(SplicePipe pipe)
    {
        if (IsClosed)
        {
            return IoStatus.Broken;
        }

        if (_isFull)
        {
            return IoStatus.WouldBlock;
        }

        var moved = pipe.PassTo(_descriptor);
        if (moved >= 0)
        {
            return moved;
        }

        var status = StatusOfError();
        _isFull = status == IoStatus.WouldBlock;
        return status;
    }

    /// <inheritdoc/>
    internal override void AwaitReadable()
    {
        // Empty: the registration is permanent, and the next arrival causes an event.
    }

    /// <inheritdoc/>
    protected override void ShutdownSocketSend() => _ = LinuxCalls.Shutdown(_descriptor, LinuxCalls.ShutWrite);

    /// <inheritdoc/>
    protected override void CloseSocket(CloseReason reason)
    {
        if (reason == CloseReason.AbortedHere)
        {
            var lingerOnForZeroSeconds = 1L;
            _ = LinuxCalls.SetSocketOption(
                _descriptor, LinuxCalls.SolSocket, LinuxCalls.SoLinger, &lingerOnForZeroSeconds, sizeof(long));
        }

        ((EpollLoop)WorkLoop).Forget(_descriptor);
        _ = LinuxCalls.Close(_descriptor);
        _descriptor = -1;
    }

    private static int StatusOfError() =>
        LinuxCalls.LastError == Errno.TryAgain ? IoStatus.WouldBlock : IoStatus.Broken;

    private int Receive(Span<byte> buffer, int flags)
    {
        fixed (byte* start = buffer)
        {
            var received = LinuxCalls.Receive(_descriptor, start, (nuint)buffer.Length, flags);
            return received >= 0 ? (int)received : StatusOfError();
        }
    }

    private nint SendOne(byte* start, int length) =>
        LinuxCalls.Send(_descriptor, start, (nuint)length, LinuxCalls.MsgNoSignal);

    private nint SendTwo(byte* first, int firstLength, byte* second, int secondLength)
    {
        var vectors = stackalloc IoVector[2];
        vectors[0] = new IoVector { Start = first, Length = (nuint)firstLength };
        vectors[1] = new IoVector { Start = second, Length = (nuint)secondLength };
        var message = new MessageHeader { Vectors = vectors, VectorCount = 2 };
        return LinuxCalls.SendMessage(_descriptor, &message, LinuxCalls.MsgNoSignal);
    }
}
