using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Exchanges.Compression;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Reads the heads of a response, and passes on what the client may have of them and of the body.</summary>
internal sealed class ResponseReader(ForwarderSettings settings, ExchangeRecorder recorder)
{
    // No protocol sends more; without a limit an upstream could keep an exchange busy for ever.
    private const int MaxInterimResponses = 64;

    private readonly ResponseCompressor _compressor = new();

    /// <summary>Reads heads up to the final one or a 101; interim responses are passed on.</summary>
    /// <returns>The error; <see cref="ForwardError.UpstreamClosed"/> only if no byte of a response arrived.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<ForwardError> ReadHeadAsync(Exchange exchange)
    {
        var input = exchange.Upstream.Connection!.Transport.Input;
        var interimCount = 0;
        while (!exchange.Waiting.IsStopped)
        {
            var reading = input.ReadAsync();
            if (!reading.IsCompleted)
            {
                exchange.Waiting.Begin(Waits.UpstreamRead);
            }

            var result = await reading;
            exchange.Waiting.End(Waits.UpstreamRead);
            if (exchange.Waiting.IsStopped)
            {
                input.AdvanceTo(result.Buffer.Start);
                break;
            }

            var status = Parse(exchange, result, out var rejection);
            if (status == ParseStatus.Done && !exchange.Upstream.Response.IsInterim)
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

        return exchange.Waiting.StopReason;
    }

    /// <summary>Passes on the final response, head and body, or becomes a tunnel after a 101.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<ForwardError> RelayAsync(Exchange exchange)
    {
        var client = exchange.Client;
        var upstream = exchange.Upstream;
        exchange.Status = upstream.Response.StatusCode;
        if (upstream.Response.IsSwitchingProtocols)
        {
            if (!client.TryBeginTunnel(upstream.Response))
            {
                return ForwardError.UnaskedUpgrade;
            }

            exchange.Tunnel = new Tunnel(exchange.Waiting, upstream, exchange.Down);
            recorder.RecordOpen(exchange);
            return await exchange.Tunnel.RunAsync();
        }

        var framing = upstream.ResponseFraming;
        var filter = EditHead(exchange);
        var isElastic = TakeBuffering(exchange);
        var output = client.BeginAnswer(upstream.Response, filter is null ? framing : BodyFraming.UntilClose);
        exchange.Down.Prepare(
            upstream.Connection!.Transport.Input, client.Output, framing, output, upstream.Response, filter, isElastic);
        if (!framing.HasBody)
        {
            return exchange.Down.TryPutOff(default) ? ForwardError.None : EndOf(exchange, await exchange.Down.FlushAsync());
        }

        await exchange.Down.RunAsync();
        return EndOf(exchange, exchange.Down.End);
    }

    /// <summary>
    /// Applies the rules by which the head of the final response is changed for the client, and chooses the filter of
    /// its body.
    /// </summary>
    private BodyFilter? EditHead(Exchange exchange)
    {
        var upstream = exchange.Upstream;
        var framing = upstream.ResponseFraming;
        if (settings.ResponseFilter is { } choose && framing.HasBody)
        {
            return choose(exchange.Client.Request, upstream.Response);
        }

        return upstream.Application!.Compression is var level and not ResponseCompression.Off
            ? _compressor.Begin(level, exchange.Client.Request, upstream.Response, framing)
            : null;
    }

    /// <summary>
    /// Whether the response is buffered when the client falls behind: the application may forbid it by
    /// X-Accel-Buffering, as with nginx. A proxy in front of us may heed the same header, so that the header is passed
    /// on to trusted clients; others do not see it.
    /// </summary>
    private static bool TakeBuffering(Exchange exchange)
    {
        var response = exchange.Upstream.Response;
        var isWanted = exchange.Upstream.Application!.BuffersResponses;
        var index = response.IndexOf(HeaderName.XAccelBuffering);
        if (index < 0)
        {
            return isWanted;
        }

        var mayBuffer = true;
        for (; index >= 0; index = response.IndexOf(HeaderName.XAccelBuffering, index + 1))
        {
            mayBuffer &= !Ascii.EqualsIgnoreCase(response.ValueOf(in response.Fields[index]), "no"u8);
            if (!exchange.IsTrusted)
            {
                response.Mark(index, HeaderFlags.Nominated);
            }
        }

        return isWanted && mayBuffer;
    }

    private static ForwardError EndOf(Exchange exchange, RelayEnd end) => end switch
    {
        RelayEnd.Complete or RelayEnd.None => ForwardError.None,
        RelayEnd.SourceEnded when exchange.Down.IsSourceWhole => ForwardError.None,
        RelayEnd.SinkBroken => ForwardError.ClientGone,
        RelayEnd.Stopped => exchange.Waiting.StopReason,
        _ => ForwardError.ResponseIncomplete,
    };

    private static ForwardError AcceptFinalHead(Exchange exchange)
    {
        var upstream = exchange.Upstream;
        var response = upstream.Response;
        var request = exchange.Client.Request;
        if (response.IsSwitchingProtocols)
        {
            var isWanted = request.WantsUpgrade && response.WantsUpgrade && upstream.IsRequestSent
                && IsOffered(response.Upgrade, request);
            upstream.OnResponseReceived();
            return isWanted ? ForwardError.None : ForwardError.UnaskedUpgrade;
        }

        var status = MessageFraming.DecideResponse(response, request.KnownMethod, out var framing, out var rejection);
        if (status != ParseStatus.Done)
        {
            exchange.Reason = rejection.ToString();
            return ForwardError.BadResponse;
        }

        upstream.ResponseFraming = framing;
        upstream.OnResponseReceived();
        if (IsEventStream(response))
        {
            upstream.Lease.Kind = LeaseKind.EventStream;
        }

        return ForwardError.None;
    }

    /// <summary>
    /// Whether the client has offered the protocol to which the upstream switches (RFC 9110 section 7.8).
    /// </summary>
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
            bytes.Span, settings.HeadLimits, exchange.Upstream.Response, out var consumed, out rejection);
        bytes.Return();
        var consumedTo = buffer.GetPosition(consumed);
        exchange.Upstream.Connection!.Transport.Input.AdvanceTo(
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

        if (!exchange.Client.TryWriteInterim(exchange.Upstream.Response))
        {
            return ForwardError.None;
        }

        exchange.Down.PrepareFlush(exchange.Client.Output);
        var end = await exchange.Down.FlushAsync();
        if (end == RelayEnd.None && exchange.Upstream.Response.StatusCode == 100)
        {
            exchange.Waiting.OnContinued();
        }

        return EndOf(exchange, end);
    }
}
