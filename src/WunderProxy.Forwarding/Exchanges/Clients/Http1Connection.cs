using System.Net;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Connections;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>
/// One client connection that speaks HTTP/1, from accept to close: waits for requests and has one after another served.
/// Its timer is for the time between requests; during one, the stream has the deadlines.
/// </summary>
/// <remarks>While idle it holds neither an exchange nor a buffer.</remarks>
internal sealed class Http1Connection : TrackedConnection, IConnectionWatcher
{
    // nginx's lingering_timeout: a client that is still sending gets this long to read the answer.
    private const int LingerMilliseconds = 5_000;

    // Back-pressure of a moment is no reason to end a connection that is being served.
    private const int PatienceMilliseconds = 1_000;

    private readonly ExchangePool _exchanges;
    private readonly bool _isWelcome;
    private bool _makesRoom;
    private long _deadline;
    private Exchange? _exchange;

    public Http1Connection(ExchangePool exchanges, TransportConnection transport, bool isWelcome)
        : base(exchanges.Context.Connections)
    {
        _exchanges = exchanges;
        _isWelcome = isWelcome;
        Transport = transport;
        transport.Watcher = this;
        RemoteAddress = AddressOf(transport.RemoteEndPoint);
        IsTrusted = Context.Settings.Trust.Contains(RemoteAddress);
    }

    /// <summary>The connection's bytes, in both directions.</summary>
    public TransportConnection Transport { get; }

    /// <inheritdoc/>
    public override IPAddress? RemoteAddress { get; }

    /// <summary>Whether forwarding headers from the remote address are believed.</summary>
    public bool IsTrusted { get; }

    /// <inheritdoc/>
    public override bool IsWaitingForClient => _isWelcome && !_makesRoom && State switch
    {
        ConnectionState.New or ConnectionState.Idle => true,
        ConnectionState.Active => _exchange is not { } exchange
            || (exchange.Client.HeadBytesIn == 0
                ? exchange.Client.IsReadTimed
                : exchange.Client.IsOverdue(Context.Settings.BodyMilliseconds - PatienceMilliseconds)),
        _ => false,
    };

    private LoopContext Context => _exchanges.Context;

    /// <summary>Serves the connection until it ends.</summary>
    public async Task RunAsync()
    {
        try
        {
            var fate = _isWelcome ? ConnectionFate.Reuse : Refuse();
            while (fate == ConnectionFate.Reuse)
            {
                SetDeadline(Context.Settings.IdleMilliseconds);
                var read = await Transport.Input.ReadAsync();
                _deadline = 0;
                if (read.Buffer.IsEmpty)
                {
                    break;
                }

                Transport.Input.AdvanceTo(read.Buffer.Start);
                await Context.Runner.RunAsync(BeginExchange());
                fate = EndExchange();
            }

            await EndAsync(fate);

            // Nobody reads what is left: a refused head, most often.
            Transport.Input.Complete();
        }
#pragma warning disable CA1031 // A bug in one exchange must not take the loop or other connections with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            OnFault(exception);
        }

        Context.Loop.Timers.Disarm(this);
        MoveTo(ConnectionState.Closed);
        if (_isWelcome)
        {
            Context.Limit.EndServing();
        }

        Context.Limit.Leave();
        Context.Crowd?.Leave(RemoteAddress);
    }

    /// <inheritdoc/>
    public override void MakeRoom()
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
    public void OnPeerClosed(TransportConnection connection, CloseReason reason) => _exchange?.Client.OnClosed(reason);

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

    /// <summary>Counts the connection as upgraded: an exchange on it became a tunnel.</summary>
    public void OnUpgraded() => MoveTo(ConnectionState.Upgraded);

    /// <inheritdoc/>
    protected internal override void OnElapsed()
    {
        var now = Context.Loop.NowMilliseconds;
        if (_deadline == 0)
        {
            return;
        }

        if (_deadline <= now)
        {
            _deadline = 0;
            Transport.Close();
        }
        else
        {
            // The deadline moves much more often than it falls due: the timer stays where it was, and follows here.
            Context.Loop.Timers.Arm(this, now, _deadline - now);
        }
    }

    /// <summary>The IP address of a remote end; null when it has none.</summary>
    internal static IPAddress? AddressOf(EndPoint? endPoint) => endPoint is not IPEndPoint { Address: var address }
        ? null
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private Exchange BeginExchange()
    {
        MoveTo(ConnectionState.Active);
        return RentExchange();
    }

    private Exchange RentExchange()
    {
        _exchange = _exchanges.Rent();
        ((Http1ClientStream)_exchange.Client).Begin(this);
        return _exchange;
    }

    private ConnectionFate EndExchange()
    {
        var exchange = _exchange!;
        var fate = ((Http1ClientStream)exchange.Client).Fate;
        _exchanges.Return(exchange);
        _exchange = null;
        if (fate == ConnectionFate.Reuse)
        {
            MoveTo(ConnectionState.Idle);
        }

        return fate;
    }

    /// <summary>Answers a connection that is one too many, whatever it asks.</summary>
    private ConnectionFate Refuse()
    {
        var isTaken = Context.Runner.TryRefuse(RentExchange());
        _exchanges.Return(_exchange!);
        _exchange = null;
        if (!isTaken)
        {
            return ConnectionFate.Abort;
        }

        // Without a linger a client that is still sending may lose its answer; with one it may keep a descriptor for
        // seconds, and a crowd of such clients would keep those for whom there is room waiting.
        return Context.Limit.MayLinger ? ConnectionFate.Linger : ConnectionFate.Close;
    }

    private void OnFault(Exception exception)
    {
        Context.Log.ConnectionFailed(exception);
        try
        {
            if (_exchange is { } failed && Context.Runner.TryAnswerInternalError(failed))
            {
                Transport.Close();
            }
        }
#pragma warning disable CA1031 // What failed once may fail again: then the connection ends without a word.
        catch (Exception second)
#pragma warning restore CA1031
        {
            Context.Log.ConnectionFailed(second);
        }

        Transport.Abort();

        // The exchange may still be suspended somewhere: never to be used again, but its upstream must not wait for it.
        _exchange?.Abandon();
        _exchange = null;
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
        SetDeadline(LingerMilliseconds);
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

    private void SetDeadline(int milliseconds)
    {
        if (milliseconds == 0)
        {
            _deadline = 0;
            return;
        }

        var now = Context.Loop.NowMilliseconds;
        _deadline = now + milliseconds;
        if (DueMilliseconds == 0 || DueMilliseconds > _deadline)
        {
            Context.Loop.Timers.Arm(this, now, milliseconds);
        }
    }
}
