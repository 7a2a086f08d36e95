using System.Buffers;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// The text that a fallback's signature covers: version, time, id, method, target, Host, X-Forwarded-For and
/// X-Forwarded-Proto, each on a line, the last one without a line end; a missing header is an empty line.
/// </summary>
/// <remarks>No value can contain a line end, because the parser refuses it.</remarks>
internal static class FallbackText
{
    /// <summary>Writes the text of a request that is about to be sent, as <see cref="RequestHeadWriter"/> writes it.</summary>
    /// <param name="text">Receives the text.</param>
    /// <param name="client">The request.</param>
    /// <param name="host">The Host line that the peer gets.</param>
    /// <param name="isTrusted">Whether the sender's forwarding headers are believed.</param>
    /// <param name="seconds">Time in seconds since 1970.</param>
    /// <param name="id">Id of this attempt.</param>
    public static void WriteOutgoing(
        IBufferWriter<byte> text, ClientStream client, ReadOnlySpan<byte> host, bool isTrusted, long seconds, ReadOnlySpan<byte> id)
    {
        var head = client.Request;
        var writer = new HeadWriter(text);
        writer.Write("v1\n"u8);
        writer.Number(seconds);
        writer.Write("\n"u8);
        WriteLine(ref writer, id);
        WriteLine(ref writer, head.Method);
        WriteLine(ref writer, head.OriginTarget);
        WriteLine(ref writer, host);
        ForwardedHeaders.WriteForValue(ref writer, client, isTrusted);
        writer.Write("\n"u8);
        ForwardedHeaders.WriteProtoValue(ref writer, client, isTrusted);
        writer.Flush();
    }

    /// <summary>Writes the text of a request that has come.</summary>
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
