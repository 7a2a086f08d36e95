using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>Writes answers to HTTP/1 clients. Each method returns the number of bytes written.</summary>
internal static class Http1AnswerWriter
{
    /// <summary>Flags of the response header lines that a client must not see.</summary>
    private const HeaderFlags Removed =
        HeaderFlags.HopByHop | HeaderFlags.Nominated | HeaderFlags.Framing | HeaderFlags.Internal | HeaderFlags.LeftOut;

    /// <summary>Writes the head of a final answer.</summary>
    public static long Write(ResponseHead head, in Framing framing, WallClock clock, byte[]? via, PipeWriter output)
    {
        var before = output.UnflushedBytes;
        var writer = new HeadWriter(output);
        writer.StatusLine(head.StatusCode, head.ReasonPhrase);
        writer.Fields(head, Removed);
        if (!head.Has(HeaderName.Date))
        {
            // A proxy that forwards a response without Date adds the time of its arrival (RFC 9110 section 6.6.1).
            writer.Field(HeaderName.Date, clock.Date);
        }

        WriteFraming(ref writer, framing.Body, framing.Output);
        WriteConnection(ref writer, framing.Connection);
        if (via is not null)
        {
            writer.Field(HeaderName.Via, via);
        }

        if (framing.Hsts is { } hsts && !head.Has(HeaderName.StrictTransportSecurity))
        {
            writer.Field(HeaderName.StrictTransportSecurity, hsts);
        }

        writer.End();
        writer.Flush();
        return output.UnflushedBytes - before;
    }

    /// <summary>Writes the head of an interim answer.</summary>
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

    /// <summary>Writes an interim answer of the proxy's own.</summary>
    public static int WriteContinue(PipeWriter output)
    {
        var text = "HTTP/1.1 100 Continue\r\n\r\n"u8;
        output.Write(text);
        return text.Length;
    }

    /// <summary>Writes the head of a 101 answer.</summary>
    public static long WriteUpgrade(ResponseHead head, PipeWriter output)
    {
        var before = output.UnflushedBytes;
        var writer = new HeadWriter(output);
        writer.StatusLine(head.StatusCode, head.ReasonPhrase);
        writer.Fields(head, Removed);
        writer.Field(HeaderName.Upgrade, head.Upgrade);
        writer.Field(HeaderName.Connection, "Upgrade"u8);
        writer.End();
        writer.Flush();
        return output.UnflushedBytes - before;
    }

    /// <summary>Writes the status line of an answer of the proxy's own.</summary>
    public static long WriteStatus(int status, string reason, PipeWriter output)
    {
        var before = output.UnflushedBytes;
        var writer = new HeadWriter(output);
        writer.StatusLine(status, Encoding.ASCII.GetBytes(reason));
        writer.Flush();
        return output.UnflushedBytes - before;
    }

    /// <summary>Writes one header line of an answer of the proxy's own.</summary>
    public static long WriteField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, PipeWriter output)
    {
        var before = output.UnflushedBytes;
        var writer = new HeadWriter(output);
        writer.Field(name, value);
        writer.Flush();
        return output.UnflushedBytes - before;
    }

    /// <summary>Writes the last lines of the head of an answer of the proxy's own, and its body.</summary>
    public static long WriteEnd(ReadOnlySpan<byte> connection, ReadOnlySpan<byte> body, PipeWriter output)
    {
        var before = output.UnflushedBytes;
        var writer = new HeadWriter(output);
        WriteConnection(ref writer, connection);
        writer.End();
        writer.Write(body);
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

    private static void WriteConnection(ref HeadWriter writer, ReadOnlySpan<byte> connection)
    {
        if (!connection.IsEmpty)
        {
            writer.Field(HeaderName.Connection, connection);
        }
    }

    /// <summary>What the head says about the body, the connection and the scheme.</summary>
    /// <param name="body">The framing of the body.</param>
    /// <param name="output">How the body is encoded.</param>
    /// <param name="connection">Value of the Connection line; empty for none.</param>
    /// <param name="hsts">Value of the Strict-Transport-Security line, unless the head has one; null for none.</param>
    public readonly ref struct Framing(in BodyFraming body, BodyOutput output, ReadOnlySpan<byte> connection, byte[]? hsts)
    {
        /// <summary>The framing of the answer's body.</summary>
        public BodyFraming Body { get; } = body;

        /// <summary>How the answer's body is encoded.</summary>
        public BodyOutput Output { get; } = output;

        /// <summary>Value of the Connection line; empty for none.</summary>
        public ReadOnlySpan<byte> Connection { get; } = connection;

        /// <summary>Value of the Strict-Transport-Security line; null for none.</summary>
        public byte[]? Hsts { get; } = hsts;
    }
}
