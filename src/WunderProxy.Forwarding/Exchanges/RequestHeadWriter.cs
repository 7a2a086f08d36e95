using System.Buffers;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Writes the request head that the upstream gets.</summary>
internal static class RequestHeadWriter
{
    // Stands for "no name" in a set: it is removed by its flag in any case.
    private const HeaderName Nothing = HeaderName.Connection;

    /// <summary>Writes the head of the exchange's request, for the upstream that is leased.</summary>
    public static void Write(Exchange exchange, IBufferWriter<byte> output)
    {
        var head = exchange.Request;
        var stamp = exchange.Context.Settings.StampSecret;
        var writer = new HeadWriter(output);
        writer.RequestLine(head.Method, stamp is null ? head.OriginTarget : "/"u8);
        var isHostWritten = WriteHost(ref writer, exchange, stamp is not null);
        if (stamp is null)
        {
            var isTrusted = exchange.IsTrusted;
            var removed = HeaderFlags.NeverForwarded | (isTrusted ? HeaderFlags.None : HeaderFlags.Forwarding);
            writer.Fields(head, removed, RewrittenNames(exchange, isHostWritten, isTrusted));
            ForwardedHeaders.Write(ref writer, exchange, isTrusted);
        }
        else
        {
            ApiStamp.LeaveOutUnreadable(head);
            writer.Fields(head, HeaderFlags.NeverForApi, RewrittenNames(exchange, isHostWritten, isTrusted: false));
            ApiStamp.Write(ref writer, exchange, exchange.Lease.Part!.Upstream.StampSecret ?? stamp);
        }

        WriteMaxForwards(ref writer, head);
        WriteFraming(ref writer, exchange.RequestFraming);
        if (stamp is not null && exchange.RequestFraming.Kind == BodyKind.None)
        {
            // HttpListener answers 411 to methods that usually have a body and say nothing of its length, which clients
            // may leave out (RFC 9110 section 8.6).
            writer.Field(HeaderName.ContentLength, 0);
        }

        WriteConnection(ref writer, head);
        if (exchange.Peer is not null)
        {
            exchange.Context.Fallback!.WriteHeader(ref writer, exchange);
        }

        if (exchange.Context.Settings.Via is { } via)
        {
            writer.Field(HeaderName.Via, via);
        }

        writer.End();
        writer.Flush();
    }

    /// <summary>The Host that the upstream sees, if it is no front end of the manager API.</summary>
    public static ReadOnlySpan<byte> HostOf(Exchange exchange)
    {
        var head = exchange.Request;
        return head.TargetForm == TargetForm.Absolute || head.Has(HeaderName.Host)
            ? head.EffectiveHost
            : exchange.Endpoint!.HostValue;
    }

    /// <summary>Writes Host where it differs from the line that came.</summary>
    /// <returns>Whether it was written.</returns>
    private static bool WriteHost(ref HeadWriter writer, Exchange exchange, bool isStamped)
    {
        var head = exchange.Request;
        var isAbsolute = head.TargetForm == TargetForm.Absolute;
        if (isStamped || (!isAbsolute && !head.Has(HeaderName.Host)))
        {
            writer.Field(HeaderName.Host, exchange.Endpoint!.HostValue);
            return true;
        }

        if (isAbsolute)
        {
            writer.Field(HeaderName.Host, head.EffectiveHost);
        }

        return isAbsolute;
    }

    private static HeaderNameSet RewrittenNames(Exchange exchange, bool isHostWritten, bool isTrusted)
    {
        var head = exchange.Request;

        // Nobody waits for a 100 where there is no body, and HTTP/1.0 could not be told (RFC 9110 section 10.1.1).
        var isExpectDropped = head.Has(HeaderName.Expect) && (!exchange.RequestFraming.HasBody || head.MinorVersion == 0);
        return new HeaderNameSet(
            isHostWritten ? HeaderName.Host : Nothing,
            isTrusted ? HeaderName.XForwardedFor : Nothing,
            isExpectDropped ? HeaderName.Expect : Nothing,
            IsBoundByMaxForwards(head) ? HeaderName.MaxForwards : Nothing);
    }

    // Only for these methods is it a limit (RFC 9110 section 7.6.2); 0 was answered here.
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
