using System.Runtime.CompilerServices;
using System.Text;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// Copies in both directions after a 101. Each direction ends by itself and its end is passed on; the only time limit
/// is a drain.
/// </summary>
/// <param name="waits">The two ends of the exchange.</param>
/// <param name="upstream">The upstream side, whose relay carries bytes to the upstream.</param>
/// <param name="down">The relay that carries bytes to the client.</param>
internal sealed class Tunnel(ExchangeWaits waits, UpstreamSide upstream, BodyRelay down)
{
    // Enough for a message and an answer across the world.
    private const int CloseMilliseconds = 5_000;

    // Otherwise a client that vanished silently after the upstream had ended would be kept for ever.
    private const int HalfClosedMilliseconds = 300_000;

    private bool _isUpstreamFinished;
    private bool _isWebSocket;

    /// <summary>Whether a drain, and neither of the two ends, has ended the tunnel.</summary>
    public bool IsDrained { get; private set; }

    private BodyRelay Up => upstream.Body.Relay;

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
        return IsDrained || HasEndedInOrder ? ForwardError.None : ForwardError.TunnelBroken;
    }

    /// <summary>
    /// Ends the tunnel because the time limit of its upstream has passed. A WebSocket client gets Close 1012 after the
    /// message in progress; its answer is passed to the application, which then closes. Every other tunnel is closed at
    /// once, and so is one that the application has already ended, because no further message can follow.
    /// </summary>
    public void OnDrainDeadline()
    {
        if (IsDrained)
        {
            return;
        }

        IsDrained = true;
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

    /// <summary>
    /// Ends the tunnel because nobody answered the Close, the message did not end, or the client stayed silent after
    /// the upstream's end.
    /// </summary>
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
        if (hasEndedInOrder && _isUpstreamFinished && !IsDrained)
        {
            // With the upstream's side ended, the client's silence is limited.
            waits.LimitTunnelRead(HalfClosedMilliseconds);
        }

        // Once we have asked for the end, whichever side ends first ends the tunnel. And when one side broke, the other
        // must not go on as if its bytes arrived.
        if (!hasEndedInOrder || IsDrained)
        {
            opposite.RequestStop();
        }
    }
}
