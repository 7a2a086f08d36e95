using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// Formats one line of the access log. Text: <c>time= client= method= host= path= scheme= tls= status= bytes= duration=
/// upstream= fallback= error= reason=</c>, with <c>scheme</c> and the version <c>tls</c> only if the client speaks TLS,
/// <c>fallback</c> only if a peer was involved, <c>error</c> only if something
/// failed, and <c>reason</c> only if a client or upstream broke a rule. JSON: an object with the same keys, numbers
/// unquoted. Status 499 means that the client left before an answer, as in nginx. <c>bytes</c> are those sent to the
/// client; <c>duration</c> is in seconds.
/// </summary>
internal static class AccessLogLine
{
    /// <summary>Writes the line with its line end.</summary>
    /// <returns>False if there was no room; the bytes written do not count then.</returns>
    public static bool TryWrite(
        Exchange exchange, long unixMilliseconds, long microseconds, AccessLogFormat format, Span<byte> destination, out int length)
    {
        var writer = new AccessLogLineWriter(destination, format == AccessLogFormat.Json);
        var request = exchange.Client.Request;
        writer.Begin();
        writer.Value("time"u8, DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds));
        writer.Value("client"u8, exchange.Client.Address);
        if (exchange.Client.IsHeadComplete)
        {
            writer.Text("method"u8, request.Method);
            writer.Text("host"u8, request.EffectiveHost);
            writer.Text("path"u8, request.OriginTarget);
        }

        if (exchange.Client.Tls is { } tls)
        {
            writer.Name("scheme"u8, "https");
            writer.Name("tls"u8, tls.Protocol);
        }

        writer.Number("status"u8, exchange.Status);
        writer.Number("bytes"u8, exchange.BytesOut);
        writer.Seconds("duration"u8, microseconds);
        if (exchange.Upstream.Used is not null)
        {
            writer.Text("upstream"u8, exchange.Upstream.Endpoint!.HostValue);
        }

        if (exchange.Fallback != FallbackMark.None)
        {
            writer.Text("fallback"u8, WordOf(exchange.Fallback));
        }

        if (exchange.Error != ForwardError.None)
        {
            writer.Name("error"u8, exchange.Error.ToString());
            if (exchange.Reason is { } reason)
            {
                writer.Name("reason"u8, reason);
            }
        }

        return writer.TryEnd(out length);
    }

    private static ReadOnlySpan<byte> WordOf(FallbackMark mark) => mark switch
    {
        FallbackMark.Received => "received"u8,
        FallbackMark.Sent => "sent"u8,
        FallbackMark.Failed => "failed"u8,
        _ => "refused"u8,
    };
}
