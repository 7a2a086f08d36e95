using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Connections;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.ProxyProtocol;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>
/// One client connection that speaks HTTP/1, from accept to close: waits for requests and serves one after another. Its
/// timer measures the time between requests; during a request, the stream has the deadlines.
/// </summary>
/// <remarks>An idle connection holds neither an exchange nor a buffer.</remarks>
internal sealed class Http1Connection : TrackedConnection, IConnectionWatcher
{
    // As nginx's lingering_timeout: a client that is still sending gets this long to read the answer.
    private const int LingerMilliseconds = 5_000;

    // Momentary back-pressure is no reason to end a connection that is being served.
    private const int PatienceMilliseconds = 1_000;

    private readonly ExchangePool _exchanges;
    private readonly bool _isWelcome;
    private bool _makesRoom;
    private bool _awaitsProxyHeader;
    private ConnectionFate _fateAfterHeader;
    private long _deadline;
    private IPAddress? _remoteAddress;
    private Exchange? _exchange;

    public Http1Connection(ExchangePool exchanges, TransportConnection transport, bool isWelcome)
        : base(exchanges.Context.Connections)
    {
        _exchanges = exchanges;
        _isWelcome = isWelcome;
        Transport = transport;
        transport.Watcher = this;
        _remoteAddress = Context.Addresses.Share(AddressOf(transport.RemoteEndPoint));
        IsTrusted = Context.Settings.Trust.Contains(RemoteAddress);

        // On a TLS connection the header came before the handshake, and the address is the one that it named.
        _awaitsProxyHeader = isWelcome && transport.Tls is null && Context.Settings.ExpectsProxyHeader(RemoteAddress);
    }

    /// <summary>The connection's bytes, in both directions.</summary>
    public TransportConnection Transport { get; }

    /// <summary>
    /// The client's address: that of the remote end, or the one that a header of the PROXY protocol names; null on a
    /// unix socket.
    /// </summary>
    public override IPAddress? RemoteAddress => _remoteAddress;

    /// <summary>Whether forwarding headers from the client's address are believed.</summary>
    public bool IsTrusted { get; private set; }

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

    /// <summary>Serves requests on the connection until it ends.</summary>
    public async Task RunAsync()
    {
        try
        {
            var fate = _isWelcome ? ConnectionFate.Reuse : Refuse();
            if (_awaitsProxyHeader)
            {
                // The outcome is in a field: another type of task would make every idle connection larger.
                await ReadProxyHeaderAsync();
                fate = _fateAfterHeader;
            }

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

            // Nobody reads the remaining bytes, most often a refused head.
            Transport.Input.Complete();
        }
#pragma warning disable CA1031 // A bug in one exchange must not end the loop or other connections.
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
    public void OnRemoteClosed(TransportConnection connection, CloseReason reason) => _exchange?.Client.OnClosed(reason);

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

    /// <inheritdoc/>
    public override void EndIfWithoutUpstream()
    {
        if (_exchange is { Upstream.Lease.Part: null } exchange && (exchange.Down.HasHeldBytes || exchange.Upstream.Body.IsHolding))
        {
            exchange.OnDrainDeadline();
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
            if (_awaitsProxyHeader)
            {
                Transport.Input.CancelPendingRead();
            }
            else
            {
                Transport.Close();
            }
        }
        else
        {
            // The deadline moves much more often than it is due: the timer kept its place and is moved here.
            Context.Loop.Timers.Arm(this, now, _deadline - now);
        }
    }

    /// <summary>Returns the IP address of a remote end, or null if it has none.</summary>
    internal static IPAddress? AddressOf(EndPoint? endPoint) => endPoint is not IPEndPoint { Address: var address }
        ? null
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>
    /// Reads the header of the PROXY protocol, within the time for a head, and takes over the address that it names. A
    /// remote end that sends nothing at all, as a balancer's check of the port, is not answered. Where heads have no time
    /// limit that of an idle connection holds, or a silent remote end would keep the connection for ever.
    /// </summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask ReadProxyHeaderAsync()
    {
        var settings = Context.Settings;
        SetDeadline(settings.HeaderMilliseconds == 0 ? settings.IdleMilliseconds : settings.HeaderMilliseconds);
        while (true)
        {
            var read = await Transport.Input.ReadAsync();
            var isLate = read.IsCanceled;
            var isEmpty = read.Buffer.IsEmpty;
            var status = ParseProxyHeader(read);
            if (status == ProxyHeaderStatus.NeedMore && !isLate && !read.IsCompleted)
            {
                continue;
            }

            _awaitsProxyHeader = false;
            _deadline = 0;
            _fateAfterHeader = status switch
            {
                ProxyHeaderStatus.Done => ConnectionFate.Reuse,
                ProxyHeaderStatus.NeedMore when read.IsCompleted || isEmpty => ConnectionFate.Close,
                ProxyHeaderStatus.NeedMore => await RefuseAsync(ForwardError.HeaderTimeout),
                _ => await RefuseAsync(ForwardError.BadProxyHeader),
            };
            return;
        }
    }

    private ProxyHeaderStatus ParseProxyHeader(in ReadResult read)
    {
        var buffer = read.Buffer;
        var bytes = ContiguousBytes.Of(buffer);
        var status = ProxyHeader.Parse(bytes.Span, out var consumed, out var source);
        bytes.Return();
        Transport.Input.AdvanceTo(
            buffer.GetPosition(consumed), status == ProxyHeaderStatus.NeedMore ? buffer.End : buffer.GetPosition(consumed));
        if (source is not null)
        {
            _remoteAddress = Context.Addresses.Share(AddressOf(source));
            IsTrusted = Context.Settings.Trust.Contains(_remoteAddress);
        }

        return status;
    }

    /// <summary>Answers a connection that may not send requests.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<ConnectionFate> RefuseAsync(ForwardError error)
    {
        await Context.Runner.RefuseAsync(BeginExchange(), error);
        return EndExchange();
    }

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

    /// <summary>Answers a connection beyond the limit, whatever its client asks for.</summary>
    private ConnectionFate Refuse()
    {
        var isTaken = Context.Runner.TryRefuse(RentExchange());
        _exchanges.Return(_exchange!);
        _exchange = null;
        if (!isTaken)
        {
            return ConnectionFate.Abort;
        }

        // Without lingering, a client that is still sending may lose its answer. With lingering, it may keep a
        // descriptor for seconds, and many such clients would keep others waiting for whom there is room.
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
#pragma warning disable CA1031 // What failed once may fail again; then the connection ends without an answer.
        catch (Exception second)
#pragma warning restore CA1031
        {
            Context.Log.ConnectionFailed(second);
        }

        Transport.Abort();

        // The exchange may still be suspended: it is never reused, but its upstream must not wait for it.
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

    /// <summary>
    /// Closes our side, then discards what arrives until the client closes its own or the time limit passes.
    /// </summary>
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
