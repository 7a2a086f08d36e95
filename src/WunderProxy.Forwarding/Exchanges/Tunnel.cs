using System.Runtime.CompilerServices;
using System.Text;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The two-way copy after a 101. Each direction ends by itself and its end is passed on; no time limit but a drain.</summary>
internal sealed class Tunnel(Exchange exchange)
{
    // Enough for a message and an answer across the world.
    private const int CloseMilliseconds = 5_000;

    // A client that vanished without a word after the upstream had ended would otherwise be kept for ever.
    private const int HalfClosedMilliseconds = 300_000;

    private bool _isDrained;
    private bool _isUpstreamFinished;
    private bool _isWebSocket;

    private bool HasEndedInOrder =>
        exchange.Up.End == RelayEnd.SourceEnded
        && exchange.Down.End == RelayEnd.SourceEnded
        && exchange.Client.Transport.CloseReason == CloseReason.PeerFinished
        && exchange.UpstreamEndedInOrder;

    /// <summary>Copies until both directions have ended.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<ForwardError> RunAsync()
    {
        var client = exchange.Client.Transport;
        var upstream = exchange.Upstream!.Transport;
        exchange.Client.OnUpgraded();
        exchange.Lease.Kind = LeaseKind.Upgraded;
        exchange.Up.Prepare(client.Input, upstream.Output, BodyFraming.UntilClose, BodyOutput.AsIs);
        _isWebSocket = Ascii.EqualsIgnoreCase(exchange.Response.Upgrade, "websocket"u8);
        var output = _isWebSocket ? BodyOutput.WebSocket : BodyOutput.AsIs;
        exchange.Down.Prepare(upstream.Input, client.Output, BodyFraming.UntilClose, output);

        var up = CopyAsync(exchange.Up, exchange.Down, client, upstream);
        await CopyAsync(exchange.Down, exchange.Up, upstream, client);
        await up;
        return _isDrained || HasEndedInOrder ? ForwardError.None : ForwardError.TunnelBroken;
    }

    /// <summary>
    /// The time of the upstream is up. A WebSocket client gets Close 1012 behind the message that is under way; its
    /// answer goes up as it comes, and makes the application close. Anything else is closed at once, and so is what the
    /// application has ended: no message can follow its last one.
    /// </summary>
    public void OnDrainDeadline()
    {
        if (_isDrained)
        {
            return;
        }

        _isDrained = true;
        if (_isWebSocket && !_isUpstreamFinished)
        {
            exchange.Down.RequestClose();
            exchange.Client.SetReadDeadline(CloseMilliseconds);
        }
        else
        {
            OnCloseElapsed();
        }
    }

    /// <summary>It waits: with the upstream's side ended, silence of the client is limited.</summary>
    public void OnWait(Waits wait)
    {
        if (_isUpstreamFinished && wait == Waits.ClientRead && !_isDrained)
        {
            exchange.Client.SetReadDeadline(HalfClosedMilliseconds);
        }
    }

    /// <summary>Nobody answered the Close, or the message did not end, or the client is silent after the upstream's end.</summary>
    public void OnCloseElapsed()
    {
        exchange.Up.RequestStop();
        exchange.Down.RequestStop();
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask CopyAsync(
        BodyRelay relay, BodyRelay opposite, TransportConnection source, TransportConnection sink)
    {
        await relay.RunAsync();
        if (relay.End == RelayEnd.SourceEnded && source.CloseReason == CloseReason.PeerFinished)
        {
            sink.ShutdownSend();
            _isUpstreamFinished = _isUpstreamFinished || relay == exchange.Down;
            OnWait(Waits.ClientRead);
        }

        // After a Close that we asked for the first end is the last.
        if (relay.End != RelayEnd.SourceEnded || source.CloseReason != CloseReason.PeerFinished || _isDrained)
        {
            // One side broke: the other must not go on as if its bytes arrived.
            opposite.RequestStop();
        }
    }
}
