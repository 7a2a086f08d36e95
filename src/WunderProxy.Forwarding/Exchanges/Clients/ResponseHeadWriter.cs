using System.IO.Pipelines;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>Writes response heads to clients. Each method returns the bytes written.</summary>
internal static class ResponseHeadWriter
{
    /// <summary>What a client may not see of a response.</summary>
    private const HeaderFlags Removed =
        HeaderFlags.HopByHop | HeaderFlags.Nominated | HeaderFlags.Framing | HeaderFlags.Internal;

    /// <summary>How the body has to be framed for this client (RFC 9112 section 6.1: no chunks to HTTP/1.0).</summary>
    public static BodyOutput OutputFor(Exchange exchange) => (exchange.ResponseFraming.Kind, exchange.Request.MinorVersion) switch
    {
        (BodyKind.Chunked, 0) => BodyOutput.Dechunked,
        (BodyKind.UntilClose, >= 1) => BodyOutput.Chunked,
        _ => BodyOutput.AsIs,
    };

    /// <summary>Writes a final head.</summary>
    public static long Write(Exchange exchange, BodyOutput framing, PipeWriter output)
    {
        var before = output.UnflushedBytes;
        var head = exchange.Response;
        var writer = new HeadWriter(output);
        writer.StatusLine(head.StatusCode, head.ReasonPhrase);
        writer.Fields(head, Removed);
        if (!head.Has(HeaderName.Date))
        {
            // Whoever forwards a response without one appends the time of its arrival (RFC 9110 section 6.6.1).
            writer.Field(HeaderName.Date, exchange.Context.Date);
        }

        WriteFraming(ref writer, exchange.ResponseFraming, framing);
        WriteConnection(ref writer, exchange);
        if (exchange.Context.Settings.Via is { } via)
        {
            writer.Field(HeaderName.Via, via);
        }

        writer.End();
        writer.Flush();
        return output.UnflushedBytes - before;
    }

    /// <summary>Writes an interim head.</summary>
    public static long WriteInterim(ResponseHead head, PipeWriter output)
    {
        var before = output.UnflushedBytes;
        var writer = new HeadWriter(output);
        writer.StatusLine(head.StatusCode, head.ReasonPhrase);
        writer.Fields(head, Removed);
        writer.End();
        writer.Flush();
        return output.UnflushedBytes - before;
    }

    /// <summary>Writes a 101.</summary>
    public static long WriteUpgrade(Exchange exchange, PipeWriter output)
    {
        var before = output.UnflushedBytes;
        var head = exchange.Response;
        var writer = new HeadWriter(output);
        writer.StatusLine(head.StatusCode, head.ReasonPhrase);
        writer.Fields(head, Removed);
        writer.Field(HeaderName.Upgrade, head.Upgrade);
        writer.Field(HeaderName.Connection, "Upgrade"u8);
        writer.End();
        writer.Flush();
        return output.UnflushedBytes - before;
    }

    private static void WriteFraming(ref HeadWriter writer, BodyFraming framing, BodyOutput output)
    {
        if (output == BodyOutput.Chunked || (framing.Kind == BodyKind.Chunked && output == BodyOutput.AsIs))
        {
            writer.Field(HeaderName.TransferEncoding, "chunked"u8);
        }
        else if (framing.Length >= 0)
        {
            writer.Field(HeaderName.ContentLength, framing.Length);
        }
    }

    private static void WriteConnection(ref HeadWriter writer, Exchange exchange)
    {
        if (!exchange.KeepsClient)
        {
            writer.Field(HeaderName.Connection, "close"u8);
        }
        else if (exchange.Request.MinorVersion == 0)
        {
            writer.Field(HeaderName.Connection, "keep-alive"u8);
        }
    }
}
