using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// One request with its response: the client's stream, the upstream's side, the response's body between them, and how it
/// ended. Used again and again on one loop, with the same stream.
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
        Upstream = new UpstreamSide(this, Waiting, loop, settings);
        Down = new BodyRelay(Waiting, Waits.UpstreamRead, Waits.ClientWrite, settings.HeadLimits);
    }

    /// <summary>The request and its answer as the client sees them.</summary>
    public ClientStream Client { get; }

    /// <summary>What concerns the upstream.</summary>
    public UpstreamSide Upstream { get; }

    /// <summary>What the exchange is suspended in, and whether it has to end early.</summary>
    public ExchangeWaits Waiting { get; }

    /// <summary>The response's body on its way down.</summary>
    public BodyRelay Down { get; }

    /// <summary>The relay after a 101; null before.</summary>
    public Tunnel? Tunnel { get; set; }

    /// <summary>The exchange's part in fallbacks.</summary>
    public FallbackMark Fallback { get; set; }

    /// <summary>Status of the answer; 0 while there is none.</summary>
    public int Status { get; set; }

    /// <summary>How the exchange ended.</summary>
    public ForwardError Error { get; set; }

    /// <summary>
    /// The rule of the grammar that the client or the upstream broke, by its name in the source; null if that is not why the
    /// exchange ended.
    /// </summary>
    public string? Reason { get; set; }

    /// <summary>Timestamp of the complete head.</summary>
    public long StartTimestamp { get; set; }

    /// <summary>Whether the forwarding headers of the sender are believed.</summary>
    public bool IsTrusted => Client.IsAddressTrusted || Fallback == FallbackMark.Received;

    /// <summary>Whether a response that had begun was cut off.</summary>
    public bool IsCutOff => Upstream.IsResponseReceived && Client.IsAnswering && Error != ForwardError.None;

    /// <summary>Bytes from the client.</summary>
    public long BytesIn => Client.HeadBytesIn + Upstream.Upload.TakenBytes;

    /// <summary>Bytes to the client.</summary>
    public long BytesOut => Client.HeadBytesOut + Down.PassedBytes;

    /// <summary>Makes the exchange ready for the next use; it holds no memory of this one.</summary>
    public void Reset()
    {
        Waiting.Reset();
        Upstream.Reset();
        Down.Reset();
        Tunnel = null;
        Fallback = FallbackMark.None;
        Error = ForwardError.None;
        Reason = null;
        Status = 0;
        Client.Reset();
    }

    /// <summary>Gives back what the exchange holds, whatever state it is in: it failed by a fault of ours.</summary>
    public void Abandon()
    {
        Upstream.Abandon();
        Client.Retire();
    }

    /// <summary>The request begins to be served.</summary>
    /// <returns>Whether its client is still there.</returns>
    public bool Begin()
    {
        Client.TellIfClosed();
        return !Waiting.IsStopped;
    }

    /// <summary>The exchange failed, and is to be sent to another instance: nothing of the first try counts any more.</summary>
    /// <returns>Whether its client is still there.</returns>
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
            // Whoever reads sees it.
            return;
        }

        if (reason == CloseReason.PeerFinished && _settings.StampSecret is not null)
        {
            // Probes of load balancers end their side behind the request, and wait for the manager API's answer.
            return;
        }

        if (reason == CloseReason.PeerReset || Client.IsRequestRead)
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
