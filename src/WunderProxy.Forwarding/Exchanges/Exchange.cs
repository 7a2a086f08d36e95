using System.Diagnostics;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// One request with its response, from the first byte of the head to the last of the answer: what is known about it,
/// what it waits for and how it is stopped. Kept by its loop and used again; an idle connection has none.
/// </summary>
internal sealed class Exchange : ILeaseHolder
{
    private DownstreamConnection? _client;
    private bool _clientFinished;
    private bool _isHeadSent;

    public Exchange(LoopContext context)
    {
        Context = context;
        Lease = new UpstreamLease(this);
        Waiting = new ExchangeWaits(this);
        Up = new BodyRelay(this, Waits.ClientRead, Waits.UpstreamWrite);
        Down = new BodyRelay(this, Waits.UpstreamRead, Waits.ClientWrite);
    }

    /// <summary>What its loop has.</summary>
    public LoopContext Context { get; }

    /// <summary>What it is suspended in.</summary>
    public ExchangeWaits Waiting { get; }

    /// <summary>The connection that it came on.</summary>
    public DownstreamConnection Client => _client ?? throw new UnreachableException("an exchange begins with its client");

    /// <summary>The request's head.</summary>
    public RequestHead Request { get; } = new();

    /// <summary>The response's head, interim ones before the final one.</summary>
    public ResponseHead Response { get; } = new();

    /// <summary>How the request's body ends.</summary>
    public BodyFraming RequestFraming { get; set; }

    /// <summary>How the response's body ends, as the upstream frames it.</summary>
    public BodyFraming ResponseFraming { get; set; }

    /// <summary>The claim on the upstream.</summary>
    public UpstreamLease Lease { get; }

    /// <summary>The connection in use; null before and after.</summary>
    public UpstreamConnection? Upstream { get; set; }

    /// <summary>The request's body on its way up.</summary>
    public BodyRelay Up { get; }

    /// <summary>The response's body on its way down.</summary>
    public BodyRelay Down { get; }

    /// <summary>The request's body on its way up, to be awaited; null when there is none, or it was.</summary>
    public ValueTask? Upload { get; set; }

    /// <summary>What was leased, for the statistics; also after the release.</summary>
    public LoopUpstream? UpstreamPart { get; set; }

    /// <summary>The relay after a 101; null before.</summary>
    public Tunnel? Tunnel { get; set; }

    /// <summary>The endpoint that was chosen last; null before.</summary>
    public Endpoint? Endpoint { get; private set; }

    /// <summary>The other instance that it is sent to; null for our own upstream.</summary>
    public Endpoint? Peer { get; set; }

    /// <summary>Its part in fallbacks.</summary>
    public FallbackMark Fallback { get; set; }

    /// <summary>Whether the forwarding headers of its sender are believed.</summary>
    public bool IsTrusted => Client.IsTrusted || Fallback == FallbackMark.Received;

    /// <summary>Where it is forwarded to.</summary>
    public UpstreamSlot Slot => Peer is null ? Context.Settings.Slot : Context.Settings.Peers!.Slot;

    /// <summary>
    /// Whether sending it (again) means the same as sending it once: it is whole, and nothing of it went anywhere or
    /// its method is idempotent.
    /// </summary>
    public bool MayBeSent => Up.TakenBytes == 0 && (!_isHeadSent || Request.IsIdempotent || Up.FailedAtFirstWrite);

    /// <summary>Ends a wait for the end of a pause.</summary>
    public LoopSignal PauseEnded { get; } = new();

    /// <summary>Why it has to end early; none while it has not.</summary>
    public ForwardError StopReason { get; private set; }

    /// <summary>Whether it has to end early.</summary>
    public bool IsStopped => StopReason != ForwardError.None;

    /// <summary>Whether the request's head is complete, so that silence of the client is a matter of its body.</summary>
    public bool IsHeadComplete { get; private set; }

    /// <summary>Whether the whole request has been passed on.</summary>
    public bool IsRequestSent { get; private set; }

    /// <summary>Whether the final response's head has come.</summary>
    public bool IsResponseReceived { get; private set; }

    /// <summary>Whether bytes of a final response have gone to the client, so that no other answer can be given.</summary>
    public bool IsResponseStarted { get; set; }

    /// <summary>Whether the client waits for 100 before it sends its body.</summary>
    public bool IsContinueAwaited { get; private set; }

    /// <summary>Whether the client's connection may carry another exchange after this one.</summary>
    public bool KeepsClient { get; set; }

    /// <summary>Status of the answer; 0 while there is none.</summary>
    public int Status { get; set; }

    /// <summary>How it ended.</summary>
    public ForwardError Error { get; set; }

    /// <summary>The rule of the grammar, by its name in the source, that a peer broke; null if that is not why it ended.</summary>
    public string? Reason { get; set; }

    /// <summary>Timestamp of the complete head.</summary>
    public long StartTimestamp { get; set; }

    /// <summary>Whether a response that had begun was cut off.</summary>
    public bool IsCutOff => IsResponseReceived && IsResponseStarted && Error != ForwardError.None;

    /// <summary>Bytes from the client.</summary>
    public long BytesIn => HeadBytesIn + Up.TakenBytes;

    /// <summary>Bytes to the client.</summary>
    public long BytesOut => HeadBytesOut + Down.PassedBytes;

    /// <summary>Bytes of the request's head, as received.</summary>
    public int HeadBytesIn { get; set; }

    /// <summary>Bytes of heads and of our own answers, as sent.</summary>
    public long HeadBytesOut { get; set; }

    /// <summary>Whether the upstream ended its stream with FIN, and was not reset.</summary>
    public bool UpstreamEndedInOrder => Upstream?.Transport.CloseReason == CloseReason.PeerFinished;

    /// <summary>Starts with the bytes that have arrived on a connection.</summary>
    public void Begin(DownstreamConnection client) => _client = client;

    /// <summary>Makes it ready for the next use; holds no memory of this one.</summary>
    public void Reset()
    {
        Debug.Assert(Upstream is null && Lease.Part is null, "what was taken was given back");
        _client = null;
        Waiting.Reset();
        _clientFinished = false;
        _isHeadSent = false;
        Request.Reset();
        Response.Reset();
        Up.Reset();
        Down.Reset();
        Tunnel = null;
        UpstreamPart = null;
        Endpoint = null;
        Peer = null;
        Fallback = FallbackMark.None;
        RequestFraming = BodyFraming.None;
        ResponseFraming = BodyFraming.None;
        StopReason = ForwardError.None;
        Error = ForwardError.None;
        Reason = null;
        IsHeadComplete = false;
        IsRequestSent = false;
        IsResponseReceived = false;
        IsResponseStarted = false;
        IsContinueAwaited = false;
        KeepsClient = false;
        Status = 0;
        HeadBytesIn = 0;
        HeadBytesOut = 0;
    }

    /// <summary>Gives back what it holds, whatever state it is in: it failed by a fault of ours.</summary>
    public void Abandon()
    {
        Upstream?.Transport.Abort();
        if (Lease.Part is not null)
        {
            Lease.Release();
        }
    }

    /// <summary>Chooses where the next attempt to send the request goes: the peer, or an endpoint of the leased upstream.</summary>
    public Endpoint ChooseEndpoint() => Endpoint = Peer ?? Lease.Part!.Upstream.ChooseEndpoint();

    /// <summary>Ends it early; whatever it waits in is woken and looks at <see cref="StopReason"/>. The first reason counts.</summary>
    public void Stop(ForwardError reason)
    {
        if (!IsStopped)
        {
            StopReason = reason;
            Waiting.WakeAll();
        }
    }

    /// <summary>The request begins to be served.</summary>
    /// <returns>Whether its client is still there.</returns>
    public bool OnHeadComplete()
    {
        IsHeadComplete = true;
        if (Client.Transport.CloseReason is var reason and (CloseReason.PeerFinished or CloseReason.PeerReset))
        {
            OnClientClosed(reason);
        }

        return !IsStopped;
    }

    /// <summary>It failed, and is to be sent to a peer: nothing of the first try counts any more.</summary>
    /// <returns>Whether its client is still there.</returns>
    public bool BeginAgain()
    {
        StopReason = ForwardError.None;
        IsRequestSent = false;
        IsResponseReceived = false;
        IsContinueAwaited = false;
        Client.ClearResponseDeadline();
        return OnHeadComplete();
    }

    /// <summary>The request's head is being sent; the client may wait for 100 now.</summary>
    public void OnHeadSent()
    {
        _isHeadSent = true;
        IsContinueAwaited = RequestFraming.HasBody && Request.Expects100Continue;
        Waiting.RestartResponse();
    }

    /// <summary>The whole request was sent: from here the upstream's time runs.</summary>
    public void OnRequestSent()
    {
        IsRequestSent = true;
        Waiting.RestartResponse();
        if (_clientFinished)
        {
            Stop(ForwardError.ClientGone);
        }
    }

    /// <summary>The client got its 100: from here we wait for its body.</summary>
    public void OnContinueSent()
    {
        IsContinueAwaited = false;
        if (Waiting.IsForClient)
        {
            Waiting.Begin(Waits.ClientRead);
        }
    }

    /// <summary>The final response's head has come: its body may take as long as it likes.</summary>
    public void OnResponseReceived()
    {
        IsResponseReceived = true;
        Client.ClearResponseDeadline();
        Lease.ResponseStartedMilliseconds = Context.Loop.NowMilliseconds;
    }

    /// <summary>A body relay has ended.</summary>
    public void OnRelayEnded(BodyRelay relay)
    {
        if (relay != Up || Tunnel is not null)
        {
            return;
        }

        switch (relay.End)
        {
            case RelayEnd.Complete:
                OnRequestSent();
                break;
            case RelayEnd.SourceEnded:
                Stop(ForwardError.ClientGone);
                break;
            case RelayEnd.Malformed:
                Stop(ForwardError.BadRequestBody);
                break;
            case RelayEnd.SinkBroken:
                // The upstream reads no more, but may have answered; its end will show.
                Waiting.RestartResponse();
                break;
        }
    }

    /// <summary>The client closed or reset while this was in progress.</summary>
    public void OnClientClosed(CloseReason reason)
    {
        if (Tunnel is not null || !IsHeadComplete)
        {
            // Whoever reads sees it.
            return;
        }

        if (reason == CloseReason.PeerFinished && Context.Settings.StampSecret is not null)
        {
            // Probes of load balancers end their side behind the request, and wait for the manager API's answer.
            return;
        }

        _clientFinished = true;
        if (reason == CloseReason.PeerReset || IsRequestSent || !RequestFraming.HasBody)
        {
            Stop(ForwardError.ClientGone);
        }
    }

    /// <summary>The client was silent too long.</summary>
    public void OnReadElapsed()
    {
        if (Tunnel is { } tunnel)
        {
            tunnel.OnCloseElapsed();
            return;
        }

        Stop(IsHeadComplete ? ForwardError.RequestBodyTimeout : ForwardError.HeaderTimeout);
    }

    /// <summary>The client took nothing for too long.</summary>
    public void OnWriteElapsed() => Stop(ForwardError.ResponseStalled);

    /// <summary>The upstream did not answer in time, or the pause lasted too long.</summary>
    public void OnResponseElapsed() =>
        Stop(Waiting.IsPaused ? ForwardError.Paused : ForwardError.ResponseTimeout);

    /// <inheritdoc/>
    public void OnDrainDeadline()
    {
        if (Tunnel is { } tunnel)
        {
            tunnel.OnDrainDeadline();
        }
        else
        {
            Stop(ForwardError.DrainDeadline);
        }
    }
}
