using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Exchanges.Answers;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Carries one exchange from the first byte of its head to what becomes of the connection.</summary>
internal static class ExchangeRunner
{
    /// <summary>Reads a head, has it forwarded or answers it, and counts the exchange.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public static async ValueTask<ConnectionFate> RunAsync(Exchange exchange)
    {
        var rejection = await ReadHeadAsync(exchange);
        if (exchange.Error == ForwardError.ClientGone)
        {
            // It sent no request, or not all of one: there is nobody to answer, and nothing to count.
            return ConnectionFate.Close;
        }

        exchange.StartTimestamp = exchange.Context.Settings.Clock.GetTimestamp();
        ConnectionFate fate;
        if (rejection != RequestRejection.None || exchange.Error != ForwardError.None)
        {
            fate = await RefuseAsync(exchange, rejection);
        }
        else if (exchange.OnHeadComplete() && LocalAnswers.IsFor(exchange))
        {
            fate = await LocalAnswers.AnswerAsync(exchange);
        }
        else
        {
            var result = await exchange.Context.Forwarder.ForwardAsync(exchange);
            fate = result.IsSuccess ? FateAfterSuccess(exchange) : await EndFailureAsync(exchange, result);
        }

        ExchangeRecorder.Record(exchange);
        return fate;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private static async ValueTask<RequestRejection> ReadHeadAsync(Exchange exchange)
    {
        var input = exchange.Client.Transport.Input;
        while (true)
        {
            var reading = input.ReadAsync();
            if (!reading.IsCompleted)
            {
                exchange.Waiting.BeginHead();
            }

            var result = await reading;
            if (exchange.IsStopped)
            {
                input.AdvanceTo(result.Buffer.Start);
                exchange.Error = exchange.StopReason;
                return RequestRejection.None;
            }

            var status = Parse(exchange, result, out var rejection);
            if (status != ParseStatus.NeedMore)
            {
                exchange.Waiting.EndHead();
                return rejection;
            }

            if (result.IsCompleted)
            {
                exchange.Waiting.EndHead();
                exchange.Error = ForwardError.ClientGone;
                return RequestRejection.None;
            }
        }
    }

    private static ParseStatus Parse(Exchange exchange, ReadResult result, out RequestRejection rejection)
    {
        var buffer = result.Buffer;
        var bytes = ContiguousBytes.Of(buffer);
        var status = HeadParser.ParseRequest(
            bytes.Span, exchange.Context.Settings.HeadLimits, exchange.Request, out var consumed, out rejection);
        bytes.Return();
        if (status == ParseStatus.Done)
        {
            exchange.HeadBytesIn = consumed;
            status = MessageFraming.DecideRequest(exchange.Request, out var framing, out rejection);
            exchange.RequestFraming = framing;
            if (status == ParseStatus.Done && exchange.Request.Has(HeaderName.WunderproxyFallback))
            {
                exchange.Context.Fallback?.Receive(exchange);
            }
        }

        // A refused head is left where it is: what follows it is not looked at any more.
        exchange.Client.Transport.Input.AdvanceTo(
            buffer.GetPosition(consumed), status == ParseStatus.NeedMore ? buffer.End : buffer.GetPosition(consumed));
        return status;
    }

    private static ValueTask<ConnectionFate> EndFailureAsync(Exchange exchange, ForwardResult result) =>
        exchange.Context.Fallback is { } fallback && PeerFallback.MayHelp(exchange, result)
            ? FallBackAsync(exchange, fallback, result)
            : AnswerFailureAsync(exchange, result);

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private static async ValueTask<ConnectionFate> FallBackAsync(
        Exchange exchange, PeerFallback fallback, ForwardResult failure)
    {
        var result = await fallback.SendAsync(exchange, failure);
        return result.IsSuccess ? FateAfterSuccess(exchange) : await AnswerFailureAsync(exchange, result);
    }

    private static ValueTask<ConnectionFate> AnswerFailureAsync(Exchange exchange, ForwardResult result)
    {
        exchange.Error = result.Error;
        exchange.Context.Settings.Log.Failed(exchange, result);
        return ErrorAnswers.AnswerAsync(exchange, result);
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private static async ValueTask<ConnectionFate> RefuseAsync(Exchange exchange, RequestRejection rejection)
    {
        if (exchange.Error == ForwardError.None)
        {
            exchange.Error = ForwardError.Rejected;
            exchange.Reason = rejection.ToString();
        }

        exchange.Context.Settings.Log.Refused(exchange);
        var answer = rejection == RequestRejection.None
            ? ErrorResponses.For(exchange.Error)
            : ErrorResponses.For(rejection);
        return await ErrorAnswers.WriteAsync(exchange, answer, mayReuse: false);
    }

    private static ConnectionFate FateAfterSuccess(Exchange exchange)
    {
        if (exchange.KeepsClient)
        {
            return ConnectionFate.Reuse;
        }

        // A client that asked for the end sends nothing more, and one after whom nothing is unread cannot be hurt.
        var mayClose = exchange.IsRequestSent && !exchange.Request.KeepAlive && exchange.Client.Transport.IsReusable;
        return mayClose || exchange.Tunnel is not null ? ConnectionFate.Close : ConnectionFate.Linger;
    }
}
