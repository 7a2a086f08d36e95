using System.Net;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Connections;
using WunderProxy.Forwarding.Exchanges.Answers;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>One client connection from accept to close: waits for requests, has each served, and keeps its deadlines.</summary>
/// <remarks>While idle it holds neither an exchange nor a buffer.</remarks>
internal sealed class DownstreamConnection : TrackedConnection, IConnectionWatcher
{
    // nginx's lingering_timeout: a client that is still sending gets this long to read the answer.
    private const int LingerMilliseconds = 5_000;

    // Back-pressure of a moment is no reason to end a connection that is being served.
    private const int PatienceMilliseconds = 1_000;

    private readonly LoopContext _context;
    private readonly bool _isWelcome;
    private bool _makesRoom;
    private Deadlines _deadlines;
    private Exchange? _exchange;

    public DownstreamConnection(LoopContext context, TransportConnection transport, bool isWelcome)
        : base(context.Connections)
    {
        _context = context;
        _isWelcome = isWelcome;
        Transport = transport;
        transport.Watcher = this;
        PeerAddress = AddressOf(transport.RemoteEndPoint);
        IsTrusted = context.Settings.Trust.Contains(PeerAddress);
    }

    /// <summary>The bytes.</summary>
    public TransportConnection Transport { get; }

    /// <summary>The client's address; null on a unix socket.</summary>
    public IPAddress? PeerAddress { get; }

    /// <summary>Whether its forwarding headers are believed.</summary>
    public bool IsTrusted { get; }

    /// <summary>Serves the connection until it ends.</summary>
    public async Task RunAsync()
    {
        try
        {
            var fate = _isWelcome ? ConnectionFate.Reuse : ErrorAnswers.RefuseConnection(this, _context);
            while (fate == ConnectionFate.Reuse)
            {
                SetReadDeadline(_context.Settings.IdleMilliseconds);
                var read = await Transport.Input.ReadAsync();
                ClearReadDeadline();
                if (read.Buffer.IsEmpty)
                {
                    break;
                }

                Transport.Input.AdvanceTo(read.Buffer.Start);
                fate = await ExchangeRunner.RunAsync(BeginExchange());
                EndExchange(fate);
            }

            await EndAsync(fate);

            // Nobody reads what is left: a refused head, most often.
            Transport.Input.Complete();
        }
#pragma warning disable CA1031 // A bug in one exchange must not take the loop or other connections with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _context.Settings.Log.ConnectionFailed(exception);
            AnswerInternalError();
            Transport.Abort();

            // It may still be suspended somewhere: never to be used again, but its upstream must not wait for it.
            _exchange?.Abandon();
            _exchange = null;
        }

        _context.Loop.Timers.Disarm(this);
        MoveTo(ConnectionState.Closed);
        if (_isWelcome)
        {
            _context.Limit.EndServing();
        }

        _context.Limit.Leave();
        _context.Crowd?.Leave(PeerAddress);
    }

    /// <summary>
    /// Whether all that happens on the connection is that we wait for its client: for a request, for the rest of a head,
    /// for a second or longer for bytes of a body, or for the client to take an answer or to close.
    /// </summary>
    public bool IsWaitingForClient => _isWelcome && !_makesRoom && State switch
    {
        ConnectionState.New or ConnectionState.Idle => true,
        ConnectionState.Active when _exchange is null => true,
        ConnectionState.Active when _exchange.HeadBytesIn == 0 => _deadlines.ClientRead != 0,
        ConnectionState.Active => IsOverdue(_deadlines.ClientRead) || IsOverdue(_deadlines.ClientWrite),
        _ => false,
    };

    /// <summary>Ends the connection in favour of a new one.</summary>
    public void MakeRoom()
    {
        _makesRoom = true;
        if (State == ConnectionState.Active)
        {
            Transport.Abort();
        }
        else
        {
            Transport.Close();
        }
    }

    /// <inheritdoc/>
    public void OnPeerClosed(TransportConnection connection, CloseReason reason) => _exchange?.OnClientClosed(reason);

    /// <inheritdoc/>
    public override void Abort() => Transport.Abort();

    /// <inheritdoc/>
    public override void CloseIfIdle()
    {
        if (State is ConnectionState.New or ConnectionState.Idle)
        {
            Transport.Close();
        }
    }

    /// <summary>The connection left HTTP.</summary>
    public void OnUpgraded() => MoveTo(ConnectionState.Upgraded);

    /// <summary>Limits the time for what the client sends next; 0 does not.</summary>
    public void SetReadDeadline(int milliseconds) => _deadlines.ClientRead = Arm(milliseconds);

    /// <summary>Lifts that limit.</summary>
    public void ClearReadDeadline() => _deadlines.ClientRead = 0;

    /// <summary>Limits the time for the client to take what we send; 0 does not.</summary>
    public void SetWriteDeadline(int milliseconds) => _deadlines.ClientWrite = Arm(milliseconds);

    /// <summary>Lifts that limit.</summary>
    public void ClearWriteDeadline() => _deadlines.ClientWrite = 0;

    /// <summary>Limits the time for the upstream's response, or for a pause; 0 does not.</summary>
    public void SetResponseDeadline(int milliseconds) => _deadlines.Response = Arm(milliseconds);

    /// <summary>Lifts that limit.</summary>
    public void ClearResponseDeadline() => _deadlines.Response = 0;

    /// <inheritdoc/>
    protected internal override void OnElapsed()
    {
        var now = _context.Loop.NowMilliseconds;
        if (_deadlines.ClientRead != 0 && _deadlines.ClientRead <= now)
        {
            _deadlines.ClientRead = 0;
            OnReadElapsed();
        }

        if (_deadlines.ClientWrite != 0 && _deadlines.ClientWrite <= now)
        {
            _deadlines.ClientWrite = 0;
            _exchange?.OnWriteElapsed();
        }

        if (_deadlines.Response != 0 && _deadlines.Response <= now)
        {
            _deadlines.Response = 0;
            _exchange?.OnResponseElapsed();
        }

        // Deadlines move much more often than they fall due: the timer stays where it was, and follows here.
        if (_deadlines.Earliest is not 0 and var earliest)
        {
            _context.Loop.Timers.Arm(this, now, Math.Max(1, earliest - now));
        }
    }

    /// <summary>The IP address of a remote end; null when it has none.</summary>
    internal static IPAddress? AddressOf(EndPoint? endPoint) => endPoint is not IPEndPoint { Address: var address }
        ? null
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>Tells the client, if nothing was answered yet, that the fault is here; then the connection ends.</summary>
    private void AnswerInternalError()
    {
        if (_exchange is not { IsResponseStarted: false, HeadBytesOut: 0 } exchange)
        {
            return;
        }

        try
        {
            if (ErrorAnswers.WriteInternalError(exchange))
            {
                ExchangeRecorder.Record(exchange);
                Transport.Close();
            }
        }
#pragma warning disable CA1031 // What failed once may fail again: then the connection ends without a word.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _context.Settings.Log.ConnectionFailed(exception);
        }
    }

    private Exchange BeginExchange()
    {
        MoveTo(ConnectionState.Active);
        _exchange = _context.Rent();
        _exchange.Begin(this);
        return _exchange;
    }

    private void EndExchange(ConnectionFate fate)
    {
        _context.Return(_exchange!);
        _exchange = null;
        _deadlines = default;
        if (fate == ConnectionFate.Reuse)
        {
            MoveTo(ConnectionState.Idle);
        }
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask EndAsync(ConnectionFate fate)
    {
        if (fate == ConnectionFate.Abort)
        {
            Transport.Abort();
            return;
        }

        if (fate == ConnectionFate.Linger)
        {
            await LingerAsync();
        }

        Transport.Close();
    }

    /// <summary>Ends our side, then throws away what comes until the client ends its own or the time is up.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask LingerAsync()
    {
        Transport.ShutdownSend();
        SetReadDeadline(LingerMilliseconds);
        while (true)
        {
            var read = await Transport.Input.ReadAsync();
            Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private bool IsOverdue(long deadline) =>
        deadline != 0
        && deadline - _context.Loop.NowMilliseconds <= _context.Settings.BodyMilliseconds - PatienceMilliseconds;

    private void OnReadElapsed()
    {
        if (_exchange is { } exchange)
        {
            exchange.OnReadElapsed();
        }
        else
        {
            Transport.Close();
        }
    }

    private long Arm(int milliseconds)
    {
        if (milliseconds == 0)
        {
            return 0;
        }

        var now = _context.Loop.NowMilliseconds;
        var due = now + milliseconds;
        if (DueMilliseconds == 0 || DueMilliseconds > due)
        {
            _context.Loop.Timers.Arm(this, now, milliseconds);
        }

        return due;
    }
}
