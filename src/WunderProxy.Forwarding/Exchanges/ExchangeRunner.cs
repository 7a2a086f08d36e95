using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Exchanges.Answers;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Exchanges.Tracing;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// Serves exchanges from the first byte of the head to the end of the answer: forwards each one or answers it, and
/// counts it. One object for each loop.
/// </summary>
internal sealed class ExchangeRunner(
    ForwarderSettings settings,
    Forwarder forwarder,
    PeerFallback? fallback,
    FallbackHeaders? fallbackHeaders,
    ErrorAnswers answers,
    ChallengeAnswerer? challenges,
    ExchangeTracer? tracer,
    ExchangeRecorder recorder,
    ExchangeLog log)
{
    /// <summary>Serves one exchange, whose stream has begun.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    public async ValueTask RunAsync(Exchange exchange)
    {
        exchange.Phases.Begin();
        var head = await exchange.Client.ReadHeadAsync();
        if (head.Error == ForwardError.ClientGone)
        {
            // The client sent no complete request: there is nobody to answer, and nothing to count.
            return;
        }

        exchange.Phases.OnHeadRead();
        exchange.StartTimestamp = settings.Clock.GetTimestamp();
        tracer?.Begin(exchange);
        if (head.Error != ForwardError.None)
        {
            await RefuseAsync(exchange, head);
        }
        else if (challenges is not null && ChallengeAnswerer.IsFor(exchange.Client.Request)
            && await TryAnswerChallengeAsync(exchange, challenges))
        {
            // A certificate authority has its answer, whatever the application or a redirect would have said.
        }
        else if (exchange.Client.IsToRedirect)
        {
            await RedirectAsync(exchange);
        }
        else if (Begin(exchange) && LocalAnswers.IsFor(exchange.Client, settings))
        {
            await AnswerLocallyAsync(exchange);
        }
        else
        {
            var result = await forwarder.ForwardAsync(exchange);
            if (result.IsSuccess)
            {
                exchange.Client.Complete();
            }
            else
            {
                await EndFailureAsync(exchange, result);
            }
        }

        recorder.Record(exchange);
    }

    /// <summary>
    /// Refuses a connection whose first bytes, before any request, were wrong or late; counted and logged as a refused
    /// request is.
    /// </summary>
    /// <param name="exchange">An exchange whose stream has begun.</param>
    /// <param name="error">The reason, about which the client is told.</param>
    public ValueTask RefuseAsync(Exchange exchange, ForwardError error)
    {
        exchange.Phases.Begin();
        exchange.StartTimestamp = settings.Clock.GetTimestamp();
        tracer?.Begin(exchange);
        return RefuseAndRecordAsync(exchange, error);
    }

    /// <summary>
    /// Answers a client whose connection is beyond the limit, whatever it asks for, without waiting until the answer is
    /// sent.
    /// </summary>
    /// <returns>Whether the whole answer was taken.</returns>
    public bool TryRefuse(Exchange exchange)
    {
        log.ConnectionRefused(exchange.Client.Address);
        tracer?.Begin(exchange);
        exchange.Error = ForwardError.TooManyConnections;
        SetHsts(exchange.Client, settings.Routes.Hsts);
        WriteError(exchange, ErrorResponses.For(exchange.Error), mayPersist: false);
        ExchangeTracer.End(exchange);

        // The answer fits into the socket of a new connection, and the outcome is not worth a wait.
        return TryFlush(exchange.Client);
    }

    /// <summary>
    /// Tells the client about an internal error, if nothing has been answered yet, without waiting until the answer is
    /// sent.
    /// </summary>
    /// <returns>Whether the whole answer was taken.</returns>
    public bool TryAnswerInternalError(Exchange exchange)
    {
        if (exchange.Client is not { IsAnswering: false, HeadBytesOut: 0 })
        {
            return false;
        }

        exchange.Error = ForwardError.InternalError;
        WriteError(exchange, ErrorResponses.For(ForwardError.InternalError), mayPersist: false);
        if (!TryFlush(exchange.Client))
        {
            return false;
        }

        recorder.Record(exchange);
        return true;
    }

    private static bool TryFlush(ClientStream client)
    {
        var flushing = client.Output.FlushAsync();
        return flushing is { IsCompletedSuccessfully: true, Result.IsCompleted: false };
    }

    /// <summary>Sets the Strict-Transport-Security line, which answers in plain text must not have (RFC 6797 section 7.2).</summary>
    private static void SetHsts(ClientStream client, byte[]? value) => client.Hsts = client.Tls is null ? null : value;

    private bool Begin(Exchange exchange)
    {
        exchange.Upstream.ChooseApplication();
        SetHsts(exchange.Client, exchange.Upstream.Application!.Hsts);
        if (exchange.Client.Request.Has(HeaderName.WunderproxyFallback) && fallbackHeaders?.IsFromPeer(exchange.Client) == true)
        {
            exchange.Fallback = FallbackMark.Received;
        }

        return exchange.Begin();
    }

    private ValueTask EndFailureAsync(Exchange exchange, ForwardResult result) =>
        fallback is not null && PeerFallback.MayHelp(exchange, result)
            ? FallBackAsync(exchange, result)
            : AnswerFailureAsync(exchange, result);

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask FallBackAsync(Exchange exchange, ForwardResult failure)
    {
        var result = await fallback!.SendAsync(exchange, failure);
        if (result.IsSuccess)
        {
            exchange.Client.Complete();
        }
        else
        {
            await AnswerFailureAsync(exchange, result);
        }
    }

    /// <summary>Answers a failed exchange, if it can still be answered.</summary>
    private ValueTask AnswerFailureAsync(Exchange exchange, ForwardResult result)
    {
        exchange.Error = result.Error;
        exchange.Upstream.Body.Drop();
        log.Failed(exchange, result);
        var client = exchange.Client;
        if (client.IsAnswering || result.Error is ForwardError.ClientGone or ForwardError.ResponseStalled)
        {
            exchange.Status = client.IsAnswering ? exchange.Status : ErrorResponses.ClientClosedRequest;
            client.Abort(result.Error);
            return ValueTask.CompletedTask;
        }

        WriteError(exchange, ErrorResponses.For(result.Error), mayPersist: result.Side != Side.Downstream);
        return FlushAsync(exchange);
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask RefuseAndRecordAsync(Exchange exchange, ForwardError error)
    {
        await RefuseAsync(exchange, new HeadResult(error));
        recorder.Record(exchange);
    }

    private ValueTask RefuseAsync(Exchange exchange, HeadResult head)
    {
        exchange.Error = head.Error;
        exchange.Reason = head.Error == ForwardError.Rejected ? head.Rejection.ToString() : null;
        log.Refused(exchange);
        SetHsts(exchange.Client, settings.Routes.Hsts);
        var answer = head.Error == ForwardError.Rejected
            ? ErrorResponses.For(head.Rejection)
            : ErrorResponses.For(head.Error);
        WriteError(exchange, answer, mayPersist: false);
        return FlushAsync(exchange);
    }

    /// <summary>Answers a certificate authority; a request for a token that is unknown here goes the ordinary way.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<bool> TryAnswerChallengeAsync(Exchange exchange, ChallengeAnswerer answerer)
    {
        if (await answerer.FindAsync(exchange.Client.Request) is not { } body)
        {
            return false;
        }

        exchange.Status = 200;
        SetHsts(exchange.Client, settings.Routes.Hsts);
        answers.WriteChallenge(exchange.Client, body);
        await FlushAsync(exchange);
        return true;
    }

    private ValueTask RedirectAsync(Exchange exchange)
    {
        if (HttpsRedirect.IsPossibleFor(exchange.Client.Request))
        {
            exchange.Status = HttpsRedirect.Status;
            answers.WriteRedirect(exchange.Client);
        }
        else
        {
            WriteError(exchange, new ErrorAnswer(400, string.Empty), mayPersist: false);
        }

        return FlushAsync(exchange);
    }

    private ValueTask AnswerLocallyAsync(Exchange exchange)
    {
        var client = exchange.Client;
        if (LocalAnswers.IsTraceWithBody(client))
        {
            exchange.Error = ForwardError.TraceWithBody;
            log.Refused(exchange);
            WriteError(exchange, ErrorResponses.For(exchange.Error), mayPersist: false);
        }
        else if (client.Request.KnownMethod == KnownMethod.Trace)
        {
            // Echoing a request would reveal cookies to scripts, so TRACE is answered with 405, which is permitted.
            WriteError(exchange, new ErrorAnswer(405, string.Empty), mayPersist: true);
        }
        else
        {
            exchange.Status = 200;
            answers.WriteOptions(client);
        }

        return FlushAsync(exchange);
    }

    private void WriteError(Exchange exchange, ErrorAnswer answer, bool mayPersist)
    {
        exchange.Status = answer.Status;
        var fault = exchange.Error == ForwardError.Rejected ? exchange.Reason! : exchange.Error.ToString();
        var pages = exchange.Upstream.Application?.Pages ?? settings.Routes.Pages;
        answers.Write(exchange.Client, pages, answer, fault, mayPersist && !exchange.Waiting.IsStopped);
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private static async ValueTask FlushAsync(Exchange exchange)
    {
        exchange.Down.PrepareFlush(exchange.Client.Output);
        var end = await exchange.Down.FlushAsync();
        if (end == RelayEnd.SinkBroken)
        {
            exchange.Client.Abort(ForwardError.ClientGone);
        }
        else if (end == RelayEnd.Stopped && exchange.Client.Output.UnflushedBytes > 0)
        {
            // The client was waited for as long as it may be, and has not taken the answer.
            exchange.Client.Abort(ForwardError.ResponseStalled);
        }
        else
        {
            exchange.Client.Complete();
        }
    }
}
