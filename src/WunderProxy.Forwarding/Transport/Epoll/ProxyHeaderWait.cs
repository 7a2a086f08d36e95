using System.Net;
using WunderProxy.Forwarding.Transport.OpenSsl;
using WunderProxy.Forwarding.Transport.ProxyProtocol;
using WunderProxy.Forwarding.Transport.Streams;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>
/// An accepted socket of a TLS listener until the load balancer's PROXY header is there: then the handshake begins, for the
/// address that the header names. Header and handshake share one timeout.
/// </summary>
/// <remarks>
/// The header is looked at in the socket and then taken out to its last byte, because OpenSSL receives all that follows.
/// Owns the socket until then; a header that is malformed or late closes it without an answer, since the client could not
/// read one before its handshake.
/// </remarks>
internal sealed class ProxyHeaderWait : HandshakeTimer, IEpollTarget
{
    private readonly EpollLoop _loop;
    private readonly EpollSocket _socket;
    private readonly TlsContextSource _contexts;
    private readonly RemoteAddress _address;
    private bool _hasEnded;

    private ProxyHeaderWait(
        EpollLoop loop, int descriptor, TlsContextSource contexts, IConnectionAcceptor acceptor, in RemoteAddress address)
        : base(loop, acceptor)
    {
        _loop = loop;
        _socket = new EpollSocket(descriptor);
        _contexts = contexts;
        _address = address;
    }

    /// <inheritdoc/>
    public uint Generation { get; set; }

    /// <inheritdoc/>
    public bool IsConnection => true;

    /// <summary>Begins the wait on an accepted socket that <see cref="EpollLoop.CountAhead"/> has counted.</summary>
    /// <returns>False if the kernel cannot watch the socket, which is closed then.</returns>
    public static bool TryBegin(
        EpollLoop loop, int descriptor, TlsContextSource contexts, IConnectionAcceptor acceptor, in RemoteAddress address)
    {
        var wait = new ProxyHeaderWait(loop, descriptor, contexts, acceptor, address);
        if (!loop.Register(descriptor, wait, EpollEvents.Connection))
        {
            loop.Discard(descriptor);
            return false;
        }

        wait.Arm(LoopMilliseconds.Of(contexts.Source.Policy.HandshakeTimeout));
        return true;
    }

    /// <inheritdoc/>
    public void OnEvents(EpollEvents events)
    {
        if (_hasEnded || !events.HasReadable())
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[ProxyHeader.MaxBinaryBytes];
        var count = _socket.Receive(bytes, LinuxCalls.MsgPeek);
        if (count == IoStatus.WouldBlock)
        {
            return;
        }

        var status = ProxyHeader.Parse(bytes[..Math.Max(count, 0)], out var consumed, out var source);
        if (status == ProxyHeaderStatus.Done && _socket.Receive(bytes[..consumed]) == consumed)
        {
            BeginHandshake(source);
        }
        else if (status != ProxyHeaderStatus.NeedMore)
        {
            Fail(TlsFailure.Malformed);
        }
        else if (count <= 0 || events.RemoteEnd() != CloseReason.None)
        {
            Fail(TlsFailure.Closed);
        }
    }

    /// <inheritdoc/>
    public void OnLoopEnds() => End();

    /// <inheritdoc/>
    protected override void OnTimeout() => Fail(TlsFailure.TimedOut);

    private void BeginHandshake(IPEndPoint? source)
    {
        _hasEnded = true;
        _loop.Timers.Disarm(this);
        _loop.Unregister(_socket.Descriptor);
        var address = source is null ? _address : RemoteAddress.Of(source);
        if (!TlsHandshake.TryBegin(_loop, _socket.Descriptor, _contexts, Acceptor, address, remote: null, MillisecondsLeft))
        {
            Acceptor.CancelReservation();
        }
    }

    private void Fail(TlsFailure reason)
    {
        _contexts.Source.Counters.Count(reason);
        End();
    }

    private void End()
    {
        if (_hasEnded)
        {
            return;
        }

        _hasEnded = true;
        _loop.Timers.Disarm(this);
        _loop.Forget(_socket.Descriptor);
        _ = LinuxCalls.Close(_socket.Descriptor);
        Acceptor.CancelReservation();
    }
}
