using System.Diagnostics;
using System.Text;
using WunderProxy.Forwarding.Exchanges.Answers;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Exchanges.Tracing;

/// <summary>
/// Gives sampled requests a span of kind server, with the attributes of OpenTelemetry's conventions for HTTP. Queries are
/// left out, because they may hold secrets, and those of a path are masked as in the access log. Of a refused head the span
/// tells nothing but why it was refused. One object for each loop.
/// </summary>
/// <remarks>An exchange that is not sampled costs a few comparisons, a sampled one allocates.</remarks>
internal sealed class ExchangeTracer(SpanOptions options)
{
    private const int MostStateBytes = 512;

    // A 4xx is the client's error, and no failure of the server that answers it.
    private const int FirstFailure = 500;

    private readonly TraceSampler _sampler = new(options);

    /// <summary>Begins the span of an exchange whose head is complete or refused, if the exchange is sampled.</summary>
    public void Begin(Exchange exchange)
    {
        // A head that was refused for one of its fields is empty, and names no trace.
        var parent = TraceParent.Of(exchange.Client.Request);
        if (_sampler.Takes(parent)
            && SpanSource.Start(SpanTags.NameOf(exchange.Client), ActivityKind.Server, ParentOf(exchange.Client.Request, parent)) is { } span)
        {
            exchange.Spans.Begin(span, ContextOf(span), continuesTrace: !parent.IsNone);
        }
    }

    /// <summary>Ends the span of an exchange, if it has one, with what came of the exchange.</summary>
    public static void End(Exchange exchange)
    {
        if (exchange.Spans.Server is { } span)
        {
            // Only after an internal error: in all other cases the attempt has ended.
            AttemptTracer.End(exchange, exchange.Error);
            Describe(exchange, span);
            exchange.Spans.End();
        }
    }

    private static ActivityContext ParentOf(RequestHead request, in TraceParent parent)
    {
        if (parent.IsNone)
        {
            return default;
        }

        Span<byte> trace = stackalloc byte[TraceParent.TraceIdLength];
        Span<byte> span = stackalloc byte[TraceParent.SpanIdLength];
        parent.WriteTraceId(trace);
        parent.WriteSpanId(span);
        return new ActivityContext(
            ActivityTraceId.CreateFromUtf8String(trace),
            ActivitySpanId.CreateFromUtf8String(span),
            parent.IsSampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None,
            StateOf(request),
            isRemote: true);
    }

    // Several lines count as one list (W3C Trace Context section 3.3.1). A list that is too long, or has bytes that no list
    // has, is none.
    private static string? StateOf(RequestHead request)
    {
        Span<byte> state = stackalloc byte[MostStateBytes];
        var length = 0;
        for (var at = request.IndexOf(HeaderName.Tracestate); at >= 0; at = request.IndexOf(HeaderName.Tracestate, at + 1))
        {
            var line = request.ValueOf(in request.Fields[at]);
            if (line.IsEmpty)
            {
                continue;
            }

            if (length > 0 && length < MostStateBytes)
            {
                state[length++] = (byte)',';
            }

            if (!line.TryCopyTo(state[length..]))
            {
                return null;
            }

            length += line.Length;
        }

        state = state[..length];
        return state.IsEmpty || state.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? null : Encoding.ASCII.GetString(state);
    }

    private static TraceParent ContextOf(Activity span)
    {
        Span<byte> field = stackalloc byte[TraceParent.Length];
        var isWritten = Encoding.ASCII.TryGetBytes($"00-{span.TraceId}-{span.SpanId}-01", field, out _);
        Debug.Assert(isWritten, "The field has one length.");
        var isRead = TraceParent.TryParse(field, out var context);
        Debug.Assert(isRead, "The runtime's ids are valid.");
        return context;
    }

    private static void Describe(Exchange exchange, Activity span)
    {
        var client = exchange.Client;
        SpanTags.SetMethod(span, client);
        span.SetTag("url.scheme", Encoding.ASCII.GetString(client.Scheme));
        if (client.IsHeadComplete)
        {
            span.SetTag("url.path", SpanTags.PathText(PathOf(client.Request.OriginTarget)));
            span.SetTag("network.protocol.version", client.Request.MinorVersion == 0 ? "1.0" : "1.1");
            SpanTags.SetServer(span, client.Request.EffectiveHost);
        }

        if (client.Address is { } address)
        {
            span.SetTag("client.address", address.ToString());
        }

        DescribeUpstream(exchange.Upstream, span);
        DescribeOutcome(exchange, span);
    }

    private static void DescribeUpstream(UpstreamSide side, Activity span)
    {
        if (side.Application is { Name.IsEmpty: false } application)
        {
            span.SetTag("wunderproxy.app", SpanTags.Text(application.Name));
        }

        if (side.Used is { Upstream: var upstream })
        {
            span.SetTag("wunderproxy.revision", upstream.Revision.Length > 0 ? upstream.Revision : null);
            span.SetTag("wunderproxy.upstream", side.Endpoint is { } endpoint ? SpanTags.Text(endpoint.HostValue) : null);
        }
    }

    private static void DescribeOutcome(Exchange exchange, Activity span)
    {
        if (exchange.Status is > 0 and not ErrorResponses.ClientClosedRequest)
        {
            span.SetTag("http.response.status_code", exchange.Status);
        }

        SpanTags.SetError(span, exchange.Error, exchange.Status, FirstFailure);
        if (exchange is { Error: not ForwardError.None, Reason: { } reason })
        {
            span.SetTag("wunderproxy.reason", reason);
        }

        if (exchange.Status >= FirstFailure || exchange.IsCutOff)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> target)
    {
        var query = target.IndexOf((byte)'?');
        return query < 0 ? target : target[..query];
    }
}
