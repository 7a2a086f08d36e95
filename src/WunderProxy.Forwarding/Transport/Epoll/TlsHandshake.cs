using System.Net;
using WunderProxy.Forwarding.Transport.OpenSsl;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>
/// An accepted socket until its TLS handshake has ended: then the acceptor gets its <see cref="EpollTlsConnection"/>, or
/// the socket is closed and its reservation cancelled. Is itself the timer of the handshake.
/// </summary>
/// <remarks>
/// Owns the socket, and holds the context set, from <see cref="TryBegin"/> until the handshake has ended.
/// </remarks>
internal sealed class TlsHandshake : HandshakeTimer, IEpollTarget
{
    private readonly EpollLoop _loop;
    private readonly TlsSocket _socket;
    private readonly TlsContextSet _contexts;
    private readonly TlsSource _source;
    private readonly RemoteAddress _address;
    private readonly EndPoint? _remote;
    private HandshakeBytes _received = new();
    private EpollEvents _seen;
    private State _state;
    private bool _wantsWrite;
    private int _lingerAllowance = TlsLimits.LingerBytes;

    private TlsHandshake(
        EpollLoop loop, TlsSocket socket, TlsContextSet contexts, TlsSource source, IConnectionAcceptor acceptor,
        in RemoteAddress address, EndPoint? remote)
        : base(loop, acceptor)
    {
        _loop = loop;
        _socket = socket;
        _contexts = contexts;
        _source = source;
        _address = address;
        _remote = remote;
    }

    private enum State : byte
    {
        /// <summary>The handshake goes on.</summary>
        Shaking,

        /// <summary>The client has got an answer in plain text, and its bytes are dropped until it closes.</summary>
        Lingering,

        /// <summary>The socket is closed, or belongs to a connection.</summary>
        Ended,
    }

    /// <inheritdoc/>
    public uint Generation { get; set; }

    /// <inheritdoc/>
    public bool IsConnection => true;

    /// <summary>Whether the <see cref="HandshakeQueue"/> has this handshake.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Begins the handshake on an accepted socket that <see cref="EpollLoop.CountAhead"/> has counted.</summary>
    /// <param name="loop">The loop that owns the socket.</param>
    /// <param name="descriptor">The socket.</param>
    /// <param name="contexts">The contexts of the listener, the present ones of which the handshake uses.</param>
    /// <param name="acceptor">Receives the connection.</param>
    /// <param name="address">The client's address.</param>
    /// <param name="remote">The client's address where it is not an IP address; else null.</param>
    /// <param name="milliseconds">Time for the handshake, above 0.</param>
    /// <returns>False if the kernel or OpenSSL lacks the means; the socket is closed then.</returns>
    public static bool TryBegin(
        EpollLoop loop, int descriptor, TlsContextSource contexts, IConnectionAcceptor acceptor,
        in RemoteAddress address, EndPoint? remote, int milliseconds)
    {
        if (contexts.Enter() is not { } set)
        {
            loop.Discard(descriptor);
            return false;
        }

        if (set.TryBegin(loop.Wire) is not { } session)
        {
            set.Leave();
            loop.Discard(descriptor);
            return false;
        }

        var socket = new TlsSocket(loop, descriptor, session);
        var handshake = new TlsHandshake(loop, socket, set, contexts.Source, acceptor, address, remote);
        if (!loop.Register(descriptor, handshake, EpollEvents.Connection))
        {
            socket.Session.Free();
            set.Leave();
            loop.Discard(descriptor);
            return false;
        }

        handshake.Arm(milliseconds);
        return true;
    }

    /// <inheritdoc/>
    public void OnEvents(EpollEvents events)
    {
        _seen |= events;
        _socket.NoteEvents(events);
        if (_state == State.Lingering)
        {
            Linger();
        }
        else if (_state == State.Shaking && (events.HasReadable() || _wantsWrite))
        {
            _loop.Handshakes.Add(this);
        }
    }

    /// <summary>Goes on with the handshake; called by the queue.</summary>
    public void Step()
    {
        if (_state != State.Shaking)
        {
            return;
        }

        var step = _socket.Handshake(ref _received);
        _wantsWrite = step == TlsStep.WantsWrite;
        switch (step)
        {
            case TlsStep.Done:
                Establish();
                break;
            case TlsStep.Failed:
                Fail(ReasonOfFailure());
                break;
        }
    }

    /// <inheritdoc/>
    public void OnLoopEnds() => End(CloseReason.AbortedHere);

    /// <inheritdoc/>
    protected override void OnTimeout()
    {
        if (_state == State.Shaking)
        {
            _source.Counters.Count(TlsFailure.TimedOut);
        }

        End(CloseReason.AbortedHere);
    }

    private void Establish()
    {
        _state = State.Ended;
        _loop.Timers.Disarm(this);
        _contexts.Leave();
        var details = _socket.Session.Describe();
        _source.Counters.Count(details);
        var connection = new EpollTlsConnection(_loop, _socket, _address, _remote, details);
        _loop.Replace(_socket.Descriptor, connection);
        Acceptor.OnAccepted(connection);

        // The first request may lie in OpenSSL's buffer already, and no event will come for it.
        if (!connection.IsClosed)
        {
            connection.OnEvents(_seen | EpollEvents.In);
        }
    }

    private void Fail(TlsFailure reason)
    {
        _source.Counters.Count(reason);
        if (reason == TlsFailure.PlainHttp && !Acceptor.AnswerToPlainText.IsEmpty)
        {
            _socket.SendPlain(Acceptor.AnswerToPlainText.Span);
            _socket.ShutdownSocket();
            _state = State.Lingering;
            Arm(TlsLimits.LingerMilliseconds);
            Linger();
            return;
        }

        // A reset would overtake the alert: the end of the stream is sent first, and what has come is taken.
        _socket.ShutdownSocket();
        _socket.Drain(ref _lingerAllowance);
        End(CloseReason.ClosedHere);
    }

    private void Linger()
    {
        if (!_socket.Drain(ref _lingerAllowance))
        {
            End(CloseReason.ClosedHere);
        }
    }

    private void End(CloseReason reason)
    {
        if (_state == State.Ended)
        {
            return;
        }

        _state = State.Ended;
        _loop.Timers.Disarm(this);
        _socket.Close(reason);
        _contexts.Leave();
        Acceptor.CancelReservation();
    }

    private TlsFailure ReasonOfFailure()
    {
        if (_received.BeginLikeHttp)
        {
            return TlsFailure.PlainHttp;
        }

        return _received.IsOverAllowance ? TlsFailure.TooLong : TlsErrors.Classify(_socket.Session.ErrorCode);
    }
}
