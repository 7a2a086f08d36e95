using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Exchanges.Answers;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Sends requests of one loop that cannot be answered here to a peer.</summary>
internal sealed class PeerFallback(
    ForwarderSettings settings,
    PeerGroup group,
    Forwarder forwarder,
    EndpointConnector connector,
    ExchangeRecorder recorder,
    ExchangeLog log)
{
    /// <summary>
    /// Whether a peer may be asked: the answer would be 502 or 503, nothing has been answered yet, the request may be
    /// sent (again), and it did not come from a peer, so that there is one hop and never a loop. A header that is not
    /// believed counts as coming from a peer too, because peers with different keys would otherwise send one request to
    /// and fro.
    /// </summary>
    public static bool MayHelp(Exchange exchange, ForwardResult failure) =>
        exchange.Fallback == FallbackMark.None
        && exchange.Client is { IsAnswering: false, HeadBytesOut: 0 } client
        && exchange.Waiting.StopReason is ForwardError.None or ForwardError.Paused
        && failure.Side != Side.Downstream
        && ErrorResponses.For(failure.Error).Status is 502 or 503
        && exchange.Upstream.MayBeSent
        && !client.Request.Has(HeaderName.WunderproxyFallback);

    /// <summary>Sends a failed request once, to one peer, if that is allowed.</summary>
    /// <returns>What to tell the client: the outcome at the peer, or the first failure if no peer answered.</returns>
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
    /// Takes a place in the budget. An upstream whose exchanges broke may be gone although no connect has been refused
    /// yet, so before the budget turns a request away, a connect tests the upstream.
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
