using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Exchanges.Answers;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Sends the requests of one loop that cannot be answered here to a peer.</summary>
internal sealed class PeerFallback(
    ForwarderSettings settings, PeerGroup group, Forwarder forwarder, EndpointConnector connector, ExchangeRecorder recorder, ExchangeLog log)
{
    /// <summary>
    /// Whether a peer may be asked: we would answer 502 or 503, have answered nothing yet, the request may be sent
    /// (again), and it did not come from a peer: one hop, never a loop. A header that we do not believe counts for that
    /// too, since peers with different keys would send one request to and fro.
    /// </summary>
    public static bool MayHelp(Exchange exchange, ForwardResult failure) =>
        exchange.Fallback == FallbackMark.None
        && exchange.Client is { IsAnswering: false, HeadBytesOut: 0 } client
        && exchange.Waiting.StopReason is ForwardError.None or ForwardError.Paused
        && failure.Side != Side.Downstream
        && ErrorResponses.For(failure.Error).Status is 502 or 503
        && exchange.Upstream.MayBeSent
        && !client.Request.Has(HeaderName.WunderproxyFallback);

    /// <summary>Sends a request that failed here to one peer, once, if that may be.</summary>
    /// <returns>What to tell the client: about the peer's answer, or, where none came, about the first failure.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<ForwardResult> SendAsync(Exchange exchange, ForwardResult failure)
    {
        if (group.Peers.Count == 0)
        {
            return failure;
        }

        if (!await TryEnterAsync(exchange.Upstream.Application!.Slot.Current, failure.Error))
        {
            exchange.Fallback = FallbackMark.Refused;
            group.Counters.CountOverBudget();
            return failure;
        }

        try
        {
            return await SendToNextAsync(exchange, failure);
        }
        finally
        {
            group.Budget.Leave();
        }
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<ForwardResult> SendToNextAsync(Exchange exchange, ForwardResult failure)
    {
        if (!exchange.BeginAgain())
        {
            return ForwardResult.Of(exchange.Waiting.StopReason);
        }

        if (group.Next() is not { } peer)
        {
            return Fail(exchange, failure);
        }

        exchange.Fallback = FallbackMark.Sent;
        group.Counters.CountSent();
        log.FellBack(exchange, failure.Error, peer);
        recorder.RecordFailure(exchange, ErrorResponses.For(failure.Error).Status);
        var reason = exchange.Reason;
        exchange.Reason = null;
        exchange.Upstream.GoTo(peer);
        var result = await forwarder.ForwardAsync(exchange);
        if (result.Side != Side.Upstream || exchange.Client.IsAnswering)
        {
            return result;
        }

        exchange.Reason = reason;
        return Fail(exchange, failure);
    }

    private ForwardResult Fail(Exchange exchange, ForwardResult failure)
    {
        exchange.Fallback = FallbackMark.Failed;
        group.Counters.CountFailed();
        return failure;
    }

    /// <summary>
    /// Takes a place in the budget. An upstream whose exchanges broke may be gone without anybody having been refused
    /// yet: before a request is lost to the share, the upstream is asked.
    /// </summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<bool> TryEnterAsync(Upstream? upstream, ForwardError error)
    {
        if (error is ForwardError.NoUpstream or ForwardError.ConnectRefused || upstream is not { LastConnectRefused: false })
        {
            return group.Budget.TryEnter(isShared: false);
        }

        if (group.Budget.TryEnter(isShared: true))
        {
            return true;
        }

        return !await AcceptsAsync(upstream) && group.Budget.TryEnter(isShared: false);
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<bool> AcceptsAsync(Upstream upstream)
    {
        var endpoint = upstream.ChooseEndpoint();
        var (connection, _) = await connector.ConnectAsync(endpoint, settings.ConnectMilliseconds);
        connection?.Close();
        return connection is not null;
    }
}
