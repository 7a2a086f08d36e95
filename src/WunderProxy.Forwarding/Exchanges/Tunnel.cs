using System.Runtime.CompilerServices;
using System.Text;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The two-way copy after a 101. Each direction ends by itself and its end is passed on; no time limit but a drain.</summary>
/// <param name="waits">Both ends of the exchange.</param>
/// <param name="upstream">The upstream's side, whose upload becomes the way up.</param>
/// <param name="down">The way down.</param>
internal sealed class Tunnel(ExchangeWaits waits, UpstreamSide upstream, BodyRelay down)
{
    // Enough for a message and an answer across the world.
    private const int CloseMilliseconds = 5_000;

    // A client that vanished without a word after the upstream had ended would otherwise be kept for ever.
    private const int HalfClosedMilliseconds = 300_000;

    private bool _isDrained;
    private bool _isUpstreamFinished;
    private bool _isWebSocket;

    private BodyRelay Up => upstream.Upload;

    private bool HasEndedInOrder =>
        Up.End == RelayEnd.SourceEnded
        && down.End == RelayEnd.SourceEnded
        && waits.Client.HasEndedInOrder
        && upstream.HasEndedInOrder;

    /// <summary>Copies until both directions have ended.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<ForwardError> RunAsync()
    {
        var client = waits.Client;
        var response = upstream.Response;
        var connection = upstream.Connection!.Transport;
        waits.BeginTunnel();
        upstream.Lease.Kind = LeaseKind.Upgraded;
        _isWebSocket = Ascii.EqualsIgnoreCase(response.Upgrade, "websocket"u8);
        var output = _isWebSocket ? BodyOutput.WebSocket : BodyOutput.AsIs;
        Up.Prepare(client.Input, connection.Output, BodyFraming.UntilClose, BodyOutput.AsIs, client.Request);
        Up.BeginTunnel();
        down.Prepare(connection.Input, client.Output, BodyFraming.UntilClose, output, response);
        down.BeginTunnel();

        var up = CopyUpAsync(connection);
        await CopyDownAsync();
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
            down.RequestClose();
            waits.LimitTunnelRead(0);
            waits.Client.SetReadDeadline(CloseMilliseconds);
        }
        else
        {
            OnCloseElapsed();
        }
    }

    /// <summary>Nobody answered the Close, or the message did not end, or the client is silent after the upstream's end.</summary>
    public void OnCloseElapsed()
    {
        Up.RequestStop();
        down.RequestStop();
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask CopyUpAsync(TransportConnection connection)
    {
        await Up.RunAsync();
        var hasEndedInOrder = Up.End == RelayEnd.SourceEnded && waits.Client.HasEndedInOrder;
        if (hasEndedInOrder)
        {
            connection.ShutdownSend();
        }

        OnDirectionEnded(down, hasEndedInOrder);
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask CopyDownAsync()
    {
        await down.RunAsync();
        var hasEndedInOrder = down.End == RelayEnd.SourceEnded && upstream.HasEndedInOrder;
        if (hasEndedInOrder)
        {
            waits.Client.ShutdownSend();
            _isUpstreamFinished = true;
        }

        OnDirectionEnded(Up, hasEndedInOrder);
    }

    private void OnDirectionEnded(BodyRelay opposite, bool hasEndedInOrder)
    {
        if (hasEndedInOrder && _isUpstreamFinished && !_isDrained)
        {
            // With the upstream's side ended, silence of the client is limited.
            waits.LimitTunnelRead(HalfClosedMilliseconds);
        }

        // Once we have asked for the end, whichever side ends first ends the tunnel. And when one side broke, the other
        // must not go on as if its bytes arrived.
        if (!hasEndedInOrder || _isDrained)
        {
            opposite.RequestStop();
        }
    }
}
