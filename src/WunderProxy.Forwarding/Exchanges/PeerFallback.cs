using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using WunderProxy.Forwarding.Exchanges.Answers;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The part of one loop in fallbacks: sends to a peer what we cannot answer, and knows what peers send to us.</summary>
internal sealed class PeerFallback(LoopContext context, PeerGroup group)
{
    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>
    /// Whether a peer may be asked: we would answer 502 or 503, have answered nothing yet, the request may be sent
    /// (again), and it did not come from a peer: one hop, never a loop. A header that we do not believe counts for that
    /// too, since peers with different keys would send one request to and fro.
    /// </summary>
    public static bool MayHelp(Exchange exchange, ForwardResult failure) =>
        exchange is { Fallback: FallbackMark.None, IsResponseStarted: false, HeadBytesOut: 0 }
        && exchange.StopReason is ForwardError.None or ForwardError.Paused
        && failure.Side != Side.Downstream
        && ErrorResponses.For(failure.Error).Status is 502 or 503
        && exchange.MayBeSent
        && !exchange.Request.Has(HeaderName.WunderproxyFallback);

    /// <summary>Judges the header of a request that has come. One that is not believed makes nobody trusted.</summary>
    public void Receive(Exchange exchange)
    {
        var verdict = Judge(exchange.Request);
        if (verdict == FallbackVerdict.Valid)
        {
            exchange.Fallback = FallbackMark.Received;
        }

        group.OnJudged(verdict, exchange.Client.PeerAddress);
    }

    /// <summary>Writes the header line for the peer that the request is being sent to; another one for each attempt.</summary>
    public void WriteHeader(ref HeadWriter writer, Exchange exchange)
    {
        Span<byte> random = stackalloc byte[FallbackHeader.IdDigits / 2];
        Span<byte> id = stackalloc byte[FallbackHeader.IdDigits];
        Span<byte> mac = stackalloc byte[FallbackSignature.HexDigits];
        RandomNumberGenerator.Fill(random);
        var isWritten = Convert.TryToHexStringLower(random, id, out _);
        Debug.Assert(isWritten, "there is room for all digits");
        var seconds = group.UnixSeconds;
        _text.ResetWrittenCount();
        FallbackText.WriteOutgoing(_text, exchange, seconds, id);
        FallbackSignature.Sign(group.Key, _text.WrittenSpan, mac);
        writer.BeginField(HeaderNames.Spelling(HeaderName.WunderproxyFallback));
        FallbackHeader.Write(ref writer, seconds, id, mac);
        writer.EndField();
    }

    /// <summary>Sends a request that failed here to one peer, once, if that may be.</summary>
    /// <returns>What to tell the client: about the peer's answer, or, where none came, about the first failure.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<ForwardResult> SendAsync(Exchange exchange, ForwardResult failure)
    {
        if (group.Peers.Count == 0)
        {
            return failure;
        }

        if (!await TryEnterAsync(failure.Error))
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
            return ForwardResult.Of(exchange.StopReason);
        }

        if (group.Next() is not { } peer)
        {
            return Fail(exchange, failure);
        }

        exchange.Peer = peer;
        exchange.Fallback = FallbackMark.Sent;
        group.Counters.CountSent();
        context.Settings.Log.FellBack(exchange, failure.Error);
        ExchangeRecorder.RecordFailure(exchange, ErrorResponses.For(failure.Error).Status);
        var reason = exchange.Reason;
        exchange.Reason = null;
        exchange.UpstreamPart = null;
        var result = await context.Forwarder.ForwardAsync(exchange);
        if (result.Side != Side.Upstream || exchange.IsResponseStarted)
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
    private async ValueTask<bool> TryEnterAsync(ForwardError error)
    {
        var upstream = context.Settings.Slot.Current;
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
        var (connection, _) = await context.Connector.ConnectAsync(endpoint, context.Settings.ConnectMilliseconds);
        connection?.Close();
        return connection is not null;
    }

    private FallbackVerdict Judge(RequestHead head)
    {
        if (head.Count(HeaderName.WunderproxyFallback) != 1
            || !FallbackHeader.TryParse(head.ValueOf(HeaderName.WunderproxyFallback), out var header))
        {
            return FallbackVerdict.Malformed;
        }

        _text.ResetWrittenCount();
        FallbackText.WriteIncoming(_text, head, header.Time, header.IdText);
        return group.Judge(header, _text.WrittenSpan);
    }
}
