using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The two-way copy after a 101. Each direction ends by itself and its end is passed on; no time limit but a drain.</summary>
internal sealed class Tunnel(Exchange exchange)
{
    private bool _isDrained;

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
        exchange.Down.Prepare(upstream.Input, client.Output, BodyFraming.UntilClose, BodyOutput.AsIs);

        var up = CopyAsync(exchange.Up, exchange.Down, client, upstream);
        await CopyAsync(exchange.Down, exchange.Up, upstream, client);
        await up;
        return _isDrained || HasEndedInOrder ? ForwardError.None : ForwardError.TunnelBroken;
    }

    /// <summary>The time of the upstream is up.</summary>
    public void OnDrainDeadline()
    {
        _isDrained = true;
        exchange.Up.RequestStop();
        exchange.Down.RequestStop();
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private static async ValueTask CopyAsync(
        BodyRelay relay, BodyRelay opposite, TransportConnection source, TransportConnection sink)
    {
        await relay.RunAsync();
        if (relay.End == RelayEnd.SourceEnded && source.CloseReason == CloseReason.PeerFinished)
        {
            sink.ShutdownSend();
        }
        else
        {
            // One side broke: the other must not go on as if its bytes arrived.
            opposite.RequestStop();
        }
    }
}
