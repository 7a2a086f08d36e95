using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Exchanges.Compression;
using WunderProxy.Forwarding.Exchanges.Tracing;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Writes the request heads for upstreams, always in HTTP/1.1. One object for each loop.</summary>
internal sealed class RequestHeadWriter(
    ForwarderSettings settings, FallbackHeaders? fallback, Crowd? crowd, ConnectionLimit limit)
{
    // Stands for "no name" in a set, because Connection is removed by its flag anyway.
    private const HeaderName Nothing = HeaderName.Connection;

    /// <summary>Writes the head of a request to the connection in use, for the chosen endpoint.</summary>
    /// <param name="exchange">The exchange, whose upstream side has endpoint and connection.</param>
    public void Write(Exchange exchange)
    {
        var client = exchange.Client;
        var upstream = exchange.Upstream;
        var isTrusted = exchange.IsTrusted;
        var head = client.Request;
        var hostValue = upstream.Endpoint!.HostValue;
        var stamp = settings.StampSecret;
        var writer = new HeadWriter(upstream.Connection!.Transport.Output);
        writer.RequestLine(head.Method, stamp is null ? head.OriginTarget : "/"u8);
        var isHostWritten = WriteHost(ref writer, head, hostValue, stamp is not null);
        if (stamp is null)
        {
            var removed = HeaderFlags.NeverForwarded | (isTrusted ? HeaderFlags.None : HeaderFlags.Forwarding);
            var showsTags = upstream.Application!.Compression != ResponseCompression.Off && ShownTags.NeedBothForms(head);
            writer.Fields(head, removed, RewrittenNames(client, exchange.Spans, isHostWritten, isTrusted, showsTags));
            if (showsTags)
            {
                ShownTags.Write(ref writer, head);
            }

            ForwardedHeaders.Write(ref writer, client, isTrusted);
        }
        else
        {
            ApiStamp.LeaveOutUnreadable(head);
            writer.Fields(head, HeaderFlags.NeverForApi, RewrittenNames(client, exchange.Spans, isHostWritten, isTrusted: false, showsTags: false));
            var isCrowded = crowd?.IsCrowded(client.Address, limit.Served) == true;
            ApiStamp.Write(ref writer, client, upstream.Lease.Part!.Upstream.StampSecret ?? stamp, isCrowded);
        }

        if (!exchange.Spans.Context.IsNone)
        {
            WriteSpan(ref writer, exchange.Spans.Context);
        }

        WriteMaxForwards(ref writer, head);
        WriteFraming(ref writer, client.RequestFraming);
        if (stamp is not null && client.RequestFraming.Kind == BodyKind.None)
        {
            // HttpListener answers 411 to methods that usually have a body if they say nothing about its length, which
            // clients may leave out (RFC 9110 section 8.6).
            writer.Field(HeaderName.ContentLength, 0);
        }

        WriteConnection(ref writer, head);
        if (upstream.Peer is not null)
        {
            fallback!.Write(ref writer, client, HostOf(head, hostValue), isTrusted);
        }

        if (settings.Via is { } via)
        {
            writer.Field(HeaderName.Via, via);
        }

        writer.End();
        writer.Flush();
    }

    /// <summary>Returns the Host that an ordinary upstream sees, which is not the manager API's handlers.</summary>
    private static ReadOnlySpan<byte> HostOf(RequestHead head, byte[] hostValue) =>
        head.TargetForm == TargetForm.Absolute || head.Has(HeaderName.Host) ? head.EffectiveHost : hostValue;

    /// <summary>Writes Host if its value differs from the received line.</summary>
    /// <returns>Whether the line was written.</returns>
    private static bool WriteHost(ref HeadWriter writer, RequestHead head, byte[] hostValue, bool isStamped)
    {
        var isAbsolute = head.TargetForm == TargetForm.Absolute;
        if (isStamped || (!isAbsolute && !head.Has(HeaderName.Host)))
        {
            writer.Field(HeaderName.Host, hostValue);
            return true;
        }

        if (isAbsolute)
        {
            writer.Field(HeaderName.Host, head.EffectiveHost);
        }

        return isAbsolute;
    }

    private static HeaderNameSet RewrittenNames(
        ClientStream client, ExchangeSpans spans, bool isHostWritten, bool isTrusted, bool showsTags)
    {
        var head = client.Request;

        // Nobody waits for a 100 if there is no body or it has been read, and HTTP/1.0 clients cannot be sent one (RFC
        // 9110 section 10.1.1).
        var isExpectDropped = head.Has(HeaderName.Expect)
            && (!client.RequestFraming.HasBody || client.IsRequestRead || head.MinorVersion == 0);
        return new HeaderNameSet(
            isHostWritten ? HeaderName.Host : Nothing,
            isTrusted ? HeaderName.XForwardedFor : Nothing,
            showsTags ? HeaderName.IfNoneMatch : Nothing,
            isExpectDropped ? HeaderName.Expect : Nothing,
            spans.Context.IsNone ? Nothing : HeaderName.Traceparent,
            spans.Context.IsNone || spans.ContinuesTrace ? Nothing : HeaderName.Tracestate,
            IsBoundByMaxForwards(head) ? HeaderName.MaxForwards : Nothing);
    }

    private static void WriteSpan(ref HeadWriter writer, TraceParent span)
    {
        Span<byte> field = stackalloc byte[TraceParent.Length];
        span.Write(field);
        writer.Field(HeaderName.Traceparent, field);
    }

    // Max-Forwards limits only these methods (RFC 9110 section 7.6.2); the value 0 has been answered before.
    private static bool IsBoundByMaxForwards(RequestHead head) =>
        head.KnownMethod is KnownMethod.Options or KnownMethod.Trace && head.MaxForwards is > 0;

    private static void WriteMaxForwards(ref HeadWriter writer, RequestHead head)
    {
        if (IsBoundByMaxForwards(head))
        {
            writer.Field(HeaderName.MaxForwards, head.MaxForwards!.Value - 1);
        }
    }

    private static void WriteFraming(ref HeadWriter writer, BodyFraming framing)
    {
        switch (framing.Kind)
        {
            case BodyKind.Chunked:
                writer.Field(HeaderName.TransferEncoding, "chunked"u8);
                break;
            case BodyKind.Length:
                writer.Field(HeaderName.ContentLength, framing.Length);
                break;
        }
    }

    private static void WriteConnection(ref HeadWriter writer, RequestHead head)
    {
        var acceptsTrailers = head.Has(HeaderName.TE) && head.AcceptsTrailers;
        if (acceptsTrailers)
        {
            writer.Field(HeaderName.TE, "trailers"u8);
        }

        if (head.WantsUpgrade)
        {
            writer.Field(HeaderName.Upgrade, head.Upgrade);
            writer.Field(HeaderName.Connection, acceptsTrailers ? "TE, Upgrade"u8 : "Upgrade"u8);
        }
        else if (acceptsTrailers)
        {
            writer.Field(HeaderName.Connection, "TE"u8);
        }
    }
}
