using System.Diagnostics;
using System.Globalization;
using System.Text;
using WunderProxy.Forwarding.Exchanges.AccessLogs;
using WunderProxy.Forwarding.Exchanges.Answers;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Exchanges.Tracing;

/// <summary>
/// Gives sampled exchanges a span of kind server, with the attributes of OpenTelemetry's conventions for HTTP. Queries are
/// left out, because they may hold secrets, and those of a path are masked as in the access log. One object for each loop.
/// </summary>
/// <remarks>An exchange that is not sampled costs a few comparisons, a sampled one allocates.</remarks>
internal sealed class ExchangeTracer(SpanOptions options)
{
    /// <summary>A path or a host longer than this is cut, in bytes.</summary>
    private const int MostTextBytes = 1024;

    private const int MostStateBytes = 512;

    private static readonly ActivitySource Source = new(SpanOptions.SourceName);

    private readonly TraceSampler _sampler = new(options);

    /// <summary>Begins the span of an exchange whose head is complete, if the exchange is sampled.</summary>
    public void Begin(Exchange exchange)
    {
        var parent = TraceParent.Of(exchange.Client.Request);
        if (_sampler.Takes(parent) && Start(exchange.Client.Request, parent) is { } span)
        {
            exchange.Spans.Begin(span, ContextOf(span), continuesTrace: !parent.IsNone);
        }
    }

    /// <summary>Ends the span of an exchange that has one, with what came of it.</summary>
    public static void End(Exchange exchange, Activity span)
    {
        Describe(exchange, span);
        exchange.Spans.End();
    }

    private static Activity? Start(RequestHead request, in TraceParent parent)
    {
        var name = request.KnownMethod == KnownMethod.Other ? "HTTP" : Encoding.ASCII.GetString(request.Method);
        var span = Source.CreateActivity(name, ActivityKind.Server, ParentOf(request, parent));
        span?.Start();

        // Otherwise whatever the loop does next for other exchanges would count as part of this span.
        Activity.Current = null;
        return span;
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

    // Several lines count as one list (W3C Trace Context section 3.3.1); one that is too long is none.
    private static string? StateOf(RequestHead request)
    {
        string? state = null;
        for (var at = request.IndexOf(HeaderName.Tracestate); at >= 0; at = request.IndexOf(HeaderName.Tracestate, at + 1))
        {
            var line = Encoding.ASCII.GetString(request.ValueOf(in request.Fields[at]));
            state = state is null ? line : $"{state},{line}";
        }

        return state?.Length <= MostStateBytes ? state : null;
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
        var request = exchange.Client.Request;
        if (request.KnownMethod == KnownMethod.Other)
        {
            span.SetTag("http.request.method", "_OTHER");
            span.SetTag("http.request.method_original", Text(request.Method));
        }
        else
        {
            span.SetTag("http.request.method", span.OperationName);
        }

        span.SetTag("url.scheme", Encoding.ASCII.GetString(exchange.Client.Scheme));
        span.SetTag("url.path", PathText(PathOf(request.OriginTarget)));
        span.SetTag("network.protocol.version", request.MinorVersion == 0 ? "1.0" : "1.1");
        DescribeHost(request.EffectiveHost, span);
        if (exchange.Client.Address is { } address)
        {
            span.SetTag("client.address", address.ToString());
        }

        DescribeUpstream(exchange.Upstream, span);
        DescribeOutcome(exchange, span);
    }

    private static void DescribeHost(ReadOnlySpan<byte> host, Activity span)
    {
        var colon = host.LastIndexOf((byte)':');
        if (colon > host.LastIndexOf((byte)']') && int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            span.SetTag("server.port", port);
            host = host[..colon];
        }

        if (!host.IsEmpty)
        {
            span.SetTag("server.address", Text(host));
        }
    }

    private static void DescribeUpstream(UpstreamSide side, Activity span)
    {
        if (side.Application is { Name.IsEmpty: false } application)
        {
            span.SetTag("wunderproxy.app", Text(application.Name));
        }

        if (side.Used is { Upstream: var upstream })
        {
            span.SetTag("wunderproxy.revision", upstream.Revision.Length > 0 ? upstream.Revision : null);
            span.SetTag("wunderproxy.upstream", side.Endpoint is { } endpoint ? Text(endpoint.HostValue) : null);
        }
    }

    private static void DescribeOutcome(Exchange exchange, Activity span)
    {
        if (exchange.Status is > 0 and not ErrorResponses.ClientClosedRequest)
        {
            span.SetTag("http.response.status_code", exchange.Status);
        }

        // A 4xx is the client's error, and no failure of the server that answers it.
        if (exchange.Error != ForwardError.None)
        {
            span.SetTag("error.type", exchange.Error.ToString());
        }
        else if (exchange.Status >= 500)
        {
            span.SetTag("error.type", exchange.Status.ToString(CultureInfo.InvariantCulture));
        }

        if (exchange.Status >= 500 || exchange.IsCutOff)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> target)
    {
        var query = target.IndexOf((byte)'?');
        return query < 0 ? target : target[..query];
    }

    // A path may have parameters too, and hold another target with its query, encoded.
    private static string PathText(ReadOnlySpan<byte> path)
    {
        path = path[..Math.Min(path.Length, MostTextBytes)];
        if (!SecretValues.MayBeIn(path))
        {
            return Text(path);
        }

        var text = new StringBuilder();
        var shown = 0;
        for (var secrets = new SecretValues(path); secrets.MoveNext(); shown = secrets.End)
        {
            text.Append(Text(path[shown..secrets.Start])).Append(Text(LogEntry.Masked));
        }

        return text.Append(Text(path[shown..])).ToString();
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MostTextBytes)]);
}
