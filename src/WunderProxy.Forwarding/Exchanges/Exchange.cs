using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Exchanges.Tracing;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// One request with its response: the client's stream, the upstream side, the response's body between them, and how the
/// exchange ended. Reused on one loop, always with the same stream.
/// </summary>
internal sealed class Exchange : ILeaseHolder, IStreamWatcher
{
    private readonly ForwarderSettings _settings;

    public Exchange(ClientStream client, TransportLoop loop, ForwarderSettings settings)
    {
        _settings = settings;
        Client = client;
        client.Watcher = this;
        Waiting = new ExchangeWaits(client, settings);
        Phases = new ExchangePhases(loop);
        Upstream = new UpstreamSide(this, Waiting, loop, settings);
        Down = new BodyRelay(
            Waiting, Waits.UpstreamRead, Waits.ClientWrite, settings.HeadLimits, settings.Buffers?.Of(loop));
    }

    /// <summary>The request and its answer as the client sees them.</summary>
    public ClientStream Client { get; }

    /// <summary>The part of the exchange that concerns the upstream.</summary>
    public UpstreamSide Upstream { get; }

    /// <summary>What the exchange waits for, and whether it has to end early.</summary>
    public ExchangeWaits Waiting { get; }

    /// <summary>The relay of the response's body to the client.</summary>
    public BodyRelay Down { get; }

    /// <summary>The relay after a 101 response; null before.</summary>
    public Tunnel? Tunnel { get; set; }

    /// <summary>The part that peers play in the exchange.</summary>
    public FallbackMark Fallback { get; set; }

    /// <summary>Status of the answer; 0 as long as there is none.</summary>
    public int Status { get; set; }

    /// <summary>How the exchange ended.</summary>
    public ForwardError Error { get; set; }

    /// <summary>
    /// The grammar rule that the client or the upstream broke, by its name in the source; null if the exchange ended
    /// for another reason.
    /// </summary>
    public string? Reason { get; set; }

    /// <summary>How the time of the exchange is divided among its phases.</summary>
    public ExchangePhases Phases { get; }

    /// <summary>Timestamp at which the request head was complete.</summary>
    public long StartTimestamp { get; set; }

    /// <summary>The spans of the exchange; there are none if it is not sampled.</summary>
    public ExchangeSpans Spans { get; } = new();

    /// <summary>
    /// The trace that the request belongs to: with the exchange's own span if it is sampled, else with the span that sent
    /// the request, as the client named them; none if the client sent no valid <c>traceparent</c>, or no head that was
    /// accepted. Read from the head at each call.
    /// </summary>
    public TraceParent Trace =>
        !Spans.Context.IsNone ? Spans.Context
        : Client.IsHeadComplete ? TraceParent.Of(Client.Request)
        : default;

    /// <summary>Whether the sender's forwarding headers are believed.</summary>
    public bool IsTrusted => Client.IsAddressTrusted || Fallback == FallbackMark.Received;

    /// <summary>Whether a response was cut off after it had begun.</summary>
    public bool IsCutOff => Upstream.IsResponseReceived && Client.IsAnswering && Error != ForwardError.None;

    /// <summary>Bytes received from the client for this exchange.</summary>
    public long BytesIn => Client.HeadBytesIn + Upstream.Body.TakenBytes;

    /// <summary>Bytes sent to the client for this exchange.</summary>
    public long BytesOut => Client.HeadBytesOut + Client.ContinueBytesOut + Down.PassedBytes;

    /// <summary>Prepares the exchange for its next use; nothing of the previous one is kept.</summary>
    public void Reset()
    {
        Waiting.Reset();
        Upstream.Reset();
        Down.Reset();
        Tunnel = null;
        Spans.Reset();
        Fallback = FallbackMark.None;
        Error = ForwardError.None;
        Reason = null;
        Status = 0;
        Client.Reset();
    }

    /// <summary>Returns everything that the exchange holds, in whatever state it is, after an internal error.</summary>
    public void Abandon()
    {
        Upstream.Abandon();
        Down.Abandon();
        Client.Retire();
        Spans.Abandon();

        // The upload may still be suspended, the relay to the client never: whoever starts it awaits it before the error
        // can come out.
        Down.Reset();
    }

    /// <summary>Begins to serve the request.</summary>
    /// <returns>Whether the client is still connected.</returns>
    public bool Begin()
    {
        Client.TellIfClosed();
        return !Waiting.IsStopped;
    }

    /// <summary>
    /// Begins the second try of a failed exchange, which goes to a peer; nothing of the first try counts any more.
    /// </summary>
    /// <returns>Whether the client is still connected.</returns>
    public bool BeginAgain()
    {
        Waiting.BeginAgain();
        Upstream.BeginAgain();
        Client.OnContinued();
        return Begin();
    }

    /// <inheritdoc/>
    public void OnClientClosed(CloseReason reason)
    {
        if (Tunnel is not null)
        {
            // The code that reads from the client notices the end.
            return;
        }

        if (reason == CloseReason.RemoteFinished && _settings.StampSecret is not null)
        {
            // Health checks of load balancers close their side after the request, and wait for the manager API's
            // answer.
            return;
        }

        if (reason == CloseReason.RemoteReset || Client.IsRequestRead)
        {
            Waiting.Stop(ForwardError.ClientGone);
        }
    }

    /// <inheritdoc/>
    public void OnReadElapsed()
    {
        if (Tunnel is { } tunnel)
        {
            tunnel.OnCloseElapsed();
        }
        else
        {
            Waiting.Stop(ForwardError.RequestBodyTimeout);
        }
    }

    /// <inheritdoc/>
    public void OnWriteElapsed() => Waiting.Stop(ForwardError.ResponseStalled);

    /// <inheritdoc/>
    public void OnResponseElapsed() => Waiting.Stop(Waiting.IsPaused ? ForwardError.Paused : ForwardError.ResponseTimeout);

    /// <inheritdoc/>
    public void OnDrainDeadline()
    {
        if (Tunnel is { } tunnel)
        {
            tunnel.OnDrainDeadline();
        }
        else
        {
            Waiting.Stop(ForwardError.DrainDeadline);
        }
    }
}
