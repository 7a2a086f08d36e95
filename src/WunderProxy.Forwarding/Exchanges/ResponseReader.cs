using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The way back: reads the response's heads, and passes on what the client may have of them and of the body.</summary>
internal sealed class ResponseReader(LoopContext context)
{
    // No protocol sends more; without a bound an upstream could keep an exchange busy for ever.
    private const int MaxInterimResponses = 64;

    /// <summary>Reads up to the final head, or a 101; interim responses are passed on.</summary>
    /// <returns><see cref="ForwardError.UpstreamClosed"/> only if no byte of any response came.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<ForwardError> ReadHeadAsync(Exchange exchange)
    {
        var input = exchange.Upstream!.Transport.Input;
        var interimCount = 0;
        while (!exchange.IsStopped)
        {
            var reading = input.ReadAsync();
            if (!reading.IsCompleted)
            {
                exchange.Waiting.Begin(Waits.UpstreamRead);
            }

            var result = await reading;
            exchange.Waiting.End(Waits.UpstreamRead);
            if (exchange.IsStopped)
            {
                input.AdvanceTo(result.Buffer.Start);
                break;
            }

            var status = Parse(exchange, result, out var rejection);
            if (status == ParseStatus.Done && !exchange.Response.IsInterim)
            {
                return AcceptFinalHead(exchange);
            }

            var error = status == ParseStatus.Done
                ? await PassOnInterimAsync(exchange, ++interimCount)
                : ErrorOf(exchange, status, rejection, result, interimCount);
            if (error != ForwardError.None)
            {
                return error;
            }
        }

        return exchange.StopReason;
    }

    /// <summary>Passes on the final response.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<ForwardError> RelayAsync(Exchange exchange)
    {
        var output = exchange.Client.Transport.Output;
        exchange.Status = exchange.Response.StatusCode;
        exchange.IsResponseStarted = true;
        if (exchange.Response.IsSwitchingProtocols)
        {
            exchange.HeadBytesOut += ResponseHeadWriter.WriteUpgrade(exchange, output);
            exchange.Tunnel = new Tunnel(exchange);
            return await exchange.Tunnel.RunAsync();
        }

        var framing = ResponseHeadWriter.OutputFor(exchange);
        exchange.KeepsClient = KeepsClient(exchange, framing);
        exchange.HeadBytesOut += ResponseHeadWriter.Write(exchange, framing, output);
        exchange.Down.Prepare(exchange.Upstream!.Transport.Input, output, exchange.ResponseFraming, framing);
        if (!exchange.ResponseFraming.HasBody)
        {
            return exchange.Down.TryPutOff(default) ? ForwardError.None : EndOf(exchange, await exchange.Down.FlushAsync());
        }

        await exchange.Down.RunAsync();
        return EndOf(exchange, exchange.Down.End);
    }

    private static ForwardError EndOf(Exchange exchange, RelayEnd end) => end switch
    {
        RelayEnd.Complete or RelayEnd.None => ForwardError.None,
        RelayEnd.SourceEnded when exchange.ResponseFraming.Kind == BodyKind.UntilClose && exchange.UpstreamEndedInOrder
            => ForwardError.None,
        RelayEnd.SinkBroken => ForwardError.ClientGone,
        RelayEnd.Stopped => exchange.StopReason,
        _ => ForwardError.ResponseIncomplete,
    };

    private static bool IsClosedByVersion(Exchange exchange, BodyOutput framing) =>
        framing == BodyOutput.Dechunked
        || (exchange.ResponseFraming.Kind == BodyKind.UntilClose && framing == BodyOutput.AsIs);

    private bool KeepsClient(Exchange exchange, BodyOutput framing) =>
        exchange.Request.KeepAlive
        && exchange.IsRequestSent
        && !context.Settings.IsShuttingDown
        && !IsClosedByVersion(exchange, framing);

    private static ForwardError AcceptFinalHead(Exchange exchange)
    {
        if (exchange.Response.IsSwitchingProtocols)
        {
            var isWanted = exchange.Request.WantsUpgrade && exchange.Response.WantsUpgrade && exchange.IsRequestSent
                && IsOffered(exchange.Response.Upgrade, exchange.Request);
            exchange.OnResponseReceived();
            return isWanted ? ForwardError.None : ForwardError.UnaskedUpgrade;
        }

        var status = MessageFraming.DecideResponse(
            exchange.Response, exchange.Request.KnownMethod, out var framing, out var rejection);
        if (status != ParseStatus.Done)
        {
            exchange.Reason = rejection.ToString();
            return ForwardError.BadResponse;
        }

        exchange.ResponseFraming = framing;
        exchange.OnResponseReceived();
        if (IsEventStream(exchange.Response))
        {
            exchange.Lease.Kind = LeaseKind.EventStream;
        }

        return ForwardError.None;
    }

    /// <summary>Whether the client has offered what the upstream switches to (RFC 9110 section 7.8).</summary>
    private static bool IsOffered(ReadOnlySpan<byte> switchedTo, RequestHead request)
    {
        var protocols = new ListValue(switchedTo);
        while (protocols.MoveNext())
        {
            if (!request.HasToken(HeaderName.Upgrade, protocols.Current))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsEventStream(ResponseHead head)
    {
        var type = head.ValueOf(HeaderName.ContentType);
        var name = "text/event-stream"u8;
        return type.Length >= name.Length && Ascii.EqualsIgnoreCase(type[..name.Length], name);
    }

    private static ForwardError ErrorOf(
        Exchange exchange, ParseStatus status, ResponseRejection rejection, ReadResult result, int interimCount)
    {
        if (status == ParseStatus.Rejected)
        {
            exchange.Reason = rejection.ToString();
            return rejection is ResponseRejection.HeadTooLarge or ResponseRejection.TooManyHeaders
                ? ForwardError.ResponseHeadTooLarge
                : ForwardError.BadResponse;
        }

        if (!result.IsCompleted)
        {
            return ForwardError.None;
        }

        return result.Buffer.IsEmpty && interimCount == 0 ? ForwardError.UpstreamClosed : ForwardError.ResponseIncomplete;
    }

    private ParseStatus Parse(Exchange exchange, ReadResult result, out ResponseRejection rejection)
    {
        var buffer = result.Buffer;
        var bytes = ContiguousBytes.Of(buffer);
        var status = HeadParser.ParseResponse(
            bytes.Span, context.Settings.HeadLimits, exchange.Response, out var consumed, out rejection);
        bytes.Return();
        var consumedTo = buffer.GetPosition(consumed);
        exchange.Upstream!.Transport.Input.AdvanceTo(
            consumedTo, status == ParseStatus.NeedMore ? buffer.End : consumedTo);
        return status;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private static async ValueTask<ForwardError> PassOnInterimAsync(Exchange exchange, int count)
    {
        if (count > MaxInterimResponses)
        {
            return ForwardError.BadResponse;
        }

        // HTTP/1.0 knows no interim responses (RFC 9110 section 15.2).
        if (exchange.Request.MinorVersion == 0)
        {
            return ForwardError.None;
        }

        var output = exchange.Client.Transport.Output;
        exchange.HeadBytesOut += ResponseHeadWriter.WriteInterim(exchange.Response, output);
        exchange.Down.Prepare(exchange.Upstream!.Transport.Input, output, BodyFraming.None, BodyOutput.AsIs);
        var end = await exchange.Down.FlushAsync();
        if (end == RelayEnd.None && exchange.Response.StatusCode == 100)
        {
            exchange.OnContinueSent();
        }

        return EndOf(exchange, end);
    }
}
