using System.Buffers;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// What the signature of a fallback is of: version, time, id, method, target, Host, X-Forwarded-For and
/// X-Forwarded-Proto, each on a line, the last one without a line end; a header that is missing is an empty line.
/// </summary>
/// <remarks>No value can hold a line end: the parser refuses it.</remarks>
internal static class FallbackText
{
    /// <summary>Of the request that is about to be sent, as <see cref="RequestHeadWriter"/> writes it.</summary>
    public static void WriteOutgoing(IBufferWriter<byte> text, Exchange exchange, long seconds, ReadOnlySpan<byte> id)
    {
        var head = exchange.Request;
        var writer = new HeadWriter(text);
        writer.Write("v1\n"u8);
        writer.Number(seconds);
        writer.Write("\n"u8);
        WriteLine(ref writer, id);
        WriteLine(ref writer, head.Method);
        WriteLine(ref writer, head.OriginTarget);
        WriteLine(ref writer, RequestHeadWriter.HostOf(exchange));
        ForwardedHeaders.WriteForValue(ref writer, exchange, exchange.IsTrusted);
        writer.Write("\n"u8);
        ForwardedHeaders.WriteProtoValue(ref writer, exchange, exchange.IsTrusted);
        writer.Flush();
    }

    /// <summary>Of a request that has come.</summary>
    public static void WriteIncoming(IBufferWriter<byte> text, RequestHead head, ReadOnlySpan<byte> time, ReadOnlySpan<byte> id)
    {
        var writer = new HeadWriter(text);
        writer.Write("v1\n"u8);
        WriteLine(ref writer, time);
        WriteLine(ref writer, id);
        WriteLine(ref writer, head.Method);
        WriteLine(ref writer, head.Target);
        WriteLine(ref writer, head.Host);
        WriteJoined(ref writer, head, HeaderName.XForwardedFor);
        writer.Write("\n"u8);
        WriteJoined(ref writer, head, HeaderName.XForwardedProto);
        writer.Flush();
    }

    private static void WriteLine(ref HeadWriter writer, scoped ReadOnlySpan<byte> value)
    {
        writer.Write(value);
        writer.Write("\n"u8);
    }

    private static void WriteJoined(ref HeadWriter writer, RequestHead head, HeaderName name)
    {
        var first = head.IndexOf(name);
        for (var index = first; index >= 0; index = head.IndexOf(name, index + 1))
        {
            writer.Write(index == first ? default : ", "u8);
            writer.Write(head.ValueOf(in head.Fields[index]));
        }
    }
}
