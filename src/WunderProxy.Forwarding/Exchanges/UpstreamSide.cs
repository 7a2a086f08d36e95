using System.Diagnostics;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// The part of an exchange that concerns the upstream: the lease, the endpoint and the connection in use, how far request
/// and response have come, and whether the request may be sent, or sent again.
/// </summary>
internal sealed class UpstreamSide
{
    private readonly ExchangeWaits _waits;
    private readonly ForwarderSettings _settings;
    private readonly TransportLoop _loop;
    private int _attempts;
    private int _kind;

    public UpstreamSide(ILeaseHolder holder, ExchangeWaits waits, TransportLoop loop, ForwarderSettings settings)
    {
        _waits = waits;
        _settings = settings;
        _loop = loop;
        Lease = new UpstreamLease(holder);
        Body = new RequestBody(this, waits, loop, settings);
        Counts = new UpstreamCounts(this, loop);
    }

    /// <summary>The request's body on its way to the upstream.</summary>
    public RequestBody Body { get; }

    /// <summary>Counts for the statistics what the exchange meets here.</summary>
    public UpstreamCounts Counts { get; }

    /// <summary>The exchange's claim on the upstream.</summary>
    public UpstreamLease Lease { get; }

    /// <summary>The loop's part of the upstream leased last, for statistics and logs; null before.</summary>
    public LoopUpstream? Used { get; private set; }

    /// <summary>The connection in use; null before and after.</summary>
    public UpstreamConnection? Connection { get; private set; }

    /// <summary>The loop's part of the application that the request is for; null until the head is complete.</summary>
    public LoopApplication? Application { get; private set; }

    /// <summary>The peer to which the request goes; null for our own upstream.</summary>
    public Endpoint? Peer { get; private set; }

    /// <summary>The endpoint chosen last; null before.</summary>
    public Endpoint? Endpoint { get; private set; }

    /// <summary>Attempts beyond the first, by which the request was sent to an endpoint or a peer.</summary>
    public int Retries => Math.Max(0, _attempts - 1);

    /// <summary>
    /// Which switch put the upstream leased last into its slot, counted from 1; 0 before the first lease.
    /// </summary>
    public long Epoch { get; private set; }

    /// <summary>Whether the connection used last had carried another exchange before.</summary>
    public bool IsReused { get; private set; }

    /// <summary>The slot that holds the upstream to forward to.</summary>
    public UpstreamSlot Slot => Peer is null ? Application!.Slot : _settings.Peers!.Slot;

    /// <summary>How far the exchange has come on the upstream side.</summary>
    public UpstreamProgress Progress { get; private set; }

    /// <summary>Whether the whole request has been sent.</summary>
    public bool IsRequestSent => Progress is UpstreamProgress.Sent or UpstreamProgress.Answered;

    /// <summary>Whether the final response head, or a 101, has arrived.</summary>
    public bool IsResponseReceived => Progress is UpstreamProgress.Answered or UpstreamProgress.AnsweredEarly;

    /// <summary>Whether the client is still sending the request's body, and the upstream still taking it.</summary>
    public bool IsStreaming => Body.IsSending && !IsRequestSent && !Body.IsHeldWhole;

    /// <summary>The head of the response: of interim ones first, then of the final one.</summary>
    public ResponseHead Response { get; } = new();

    /// <summary>How the response's body ends, as the upstream frames it.</summary>
    public BodyFraming ResponseFraming { get; set; }

    /// <summary>Whether the upstream finished its stream in order, and did not reset.</summary>
    public bool HasEndedInOrder => Connection?.Transport.CloseReason == CloseReason.RemoteFinished;

    /// <summary>
    /// Whether sending the request (again) has the same effect as sending it once: the request is still whole, and
    /// either nothing of it was sent or its method is idempotent.
    /// </summary>
    public bool MayBeSent =>
        Body.IsIntact
        && (Progress == UpstreamProgress.NotSent || _waits.Client.Request.IsIdempotent || Body.FailedAtFirstWrite);

    /// <summary>
    /// Whether the request can be sent on a new connection: the old one had been idle and broke before any byte of a
    /// response, no byte of the body is lost, and sending again has the same effect as once or nothing was sent.
    /// </summary>
    public bool MayBeSentAfresh => Connection!.IsReused && !_waits.IsStopped && MayBeSent;

    /// <summary>Prepares for the next exchange; nothing of the previous one is kept.</summary>
    public void Reset()
    {
        Debug.Assert(Connection is null && Lease.Part is null, "what was taken was given back");
        Body.Reset();
        Response.Reset();
        ResponseFraming = BodyFraming.None;
        Progress = UpstreamProgress.NotSent;
        LeaveApplication();
        Peer = null;
        Endpoint = null;
        Used = null;
        IsReused = false;
        _attempts = 0;
        Epoch = 0;
    }

    /// <summary>Returns everything that the side holds, in whatever state it is, after an internal error.</summary>
    public void Abandon()
    {
        Connection?.Transport.Abort();
        Body.Abandon();
        if (Lease.Part is not null)
        {
            Lease.Release();
        }

        LeaveApplication();
    }

    /// <summary>Begins the second try, with a peer; nothing of the first try counts any more.</summary>
    public void BeginAgain() => MoveTo(UpstreamProgress.NotSent);

    /// <summary>Chooses the application that the request is for, by the complete head; once for each request.</summary>
    public void ChooseApplication()
    {
        var request = _waits.Client.Request;
        Application = _settings.Routes.Find(request.EffectiveHost, request.OriginTarget).PartOf(_loop);
        _kind = RequestKey.KindOf((int)request.KnownMethod, _waits.Client.Tls is not null);
        Application.OnBegun(_kind);
    }

    /// <summary>Sends the exchange to a peer from now on.</summary>
    public void GoTo(Endpoint peer)
    {
        Peer = peer;
        Used = null;
    }

    /// <summary>Leases the current upstream of the slot.</summary>
    /// <returns>Whether there was an upstream.</returns>
    public bool TryLease()
    {
        if (!Lease.TryTake(Slot, _loop))
        {
            return false;
        }

        // Kept, because an upstream that is switched back to gets another one.
        Epoch = Lease.Part!.Upstream.Epoch;
        return true;
    }

    /// <summary>Chooses the endpoint for the next attempt: the peer, or an endpoint of the leased upstream.</summary>
    public Endpoint ChooseEndpoint()
    {
        _attempts++;
        return Endpoint = Peer ?? Lease.Part!.Upstream.ChooseEndpoint();
    }

    /// <summary>Uses a connection from now on.</summary>
    public void Use(UpstreamConnection connection)
    {
        Connection = connection;
        IsReused = connection.IsReused;
        _waits.Upstream = connection.Transport;
    }

    /// <summary>
    /// Sends the head, which has been written, and what follows. A body is sent while the next steps run.
    /// </summary>
    public ValueTask SendAsync()
    {
        MoveTo(UpstreamProgress.Sending);
        Counts.OnSending();
        _waits.Client.OnHeadSent();
        _waits.ResponseMilliseconds = Application!.ResponseMilliseconds;
        _waits.RestartResponse();
        return Body.SendAsync(Connection!.Transport);
    }

    /// <summary>Records that the whole request has been sent, from when on the upstream's time runs.</summary>
    public void OnRequestSent()
    {
        MoveTo(IsResponseReceived ? UpstreamProgress.Answered : UpstreamProgress.Sent);
        _waits.RestartResponse();
        _waits.Client.OnRequestRead();
        Body.DropIfSent();
    }

    /// <summary>Records that the final response head has arrived, whose body may take as long as it needs.</summary>
    public void OnResponseReceived()
    {
        MoveTo(Progress == UpstreamProgress.Sent ? UpstreamProgress.Answered : UpstreamProgress.AnsweredEarly);
        _waits.ResponseMilliseconds = 0;
        _waits.Client.ClearResponseDeadline();
        Lease.ResponseStartedMilliseconds = _loop.NowMilliseconds;
        Counts.CountHead();
        Body.DropIfSent();
    }

    /// <summary>Closes the connection and prepares the request for a new one.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    public async ValueTask DropConnectionAsync()
    {
        await Body.StopAsync();
        TakeConnection().Abort();
        MoveTo(UpstreamProgress.NotSent);
    }

    /// <summary>
    /// Returns connection and lease; the connection is reused if both sides are done with it in order.
    /// </summary>
    /// <param name="isComplete">Whether the response was relayed to its end.</param>
    /// <param name="isTunnel">Whether the connection left HTTP.</param>
    public void Release(bool isComplete, bool isTunnel)
    {
        Debug.Assert(!Body.IsSending, "the sending was stopped");
        if (IsResponseReceived)
        {
            Body.Drop();
        }

        if (Lease.Part is not { } part)
        {
            return;
        }

        if (Connection is not null)
        {
            Release(TakeConnection(), isComplete, isTunnel);
        }

        if (isComplete && !isTunnel)
        {
            Counts.CountEnd();
        }

        Used = part;
        Lease.Release();
    }

    private void Release(UpstreamConnection connection, bool isComplete, bool isTunnel)
    {
        if (!isComplete || !IsRequestSent)
        {
            // A reset, because neither a request cut short nor an unread response may look complete.
            connection.Abort();
            return;
        }

        Debug.Assert(IsResponseReceived, "it succeeded");
        if (!isTunnel && Response.KeepAlive && ResponseFraming.Kind != BodyKind.UntilClose)
        {
            connection.Return();
        }
        else
        {
            connection.Close();
        }
    }

    private void LeaveApplication()
    {
        Application?.OnEnded(_kind);
        Application = null;
    }

    private UpstreamConnection TakeConnection()
    {
        var connection = Connection!;
        Connection = null;
        _waits.Upstream = null;
        return connection;
    }

    private void MoveTo(UpstreamProgress next)
    {
        var isLegal = (Progress, next) switch
        {
            (_, UpstreamProgress.NotSent) => true,
            (UpstreamProgress.NotSent, UpstreamProgress.Sending) => true,
            (UpstreamProgress.Sending, UpstreamProgress.Sent or UpstreamProgress.AnsweredEarly) => true,
            (UpstreamProgress.Sent or UpstreamProgress.AnsweredEarly, UpstreamProgress.Answered) => true,
            _ => false,
        };
        if (!isLegal)
        {
            throw new UnreachableException($"the upstream's side cannot go from {Progress} to {next}");
        }

        Progress = next;
    }
}
