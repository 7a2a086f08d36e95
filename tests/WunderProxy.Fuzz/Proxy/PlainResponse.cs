using System.Globalization;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>What a response is, read by the letter.</summary>
internal static class PlainResponse
{
    private static readonly string[] HopByHop =
    [
        "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info",
        "TE", "HTTP2-Settings",
    ];

    /// <summary>Reads one response.</summary>
    /// <param name="text">The bytes.</param>
    /// <param name="start">Where it starts.</param>
    /// <param name="method">What was asked.</param>
    /// <param name="isFromProxy">Whether nothing but what the proxy may send will do.</param>
    public static PlainMessage Read(string text, int start, string method, bool isFromProxy)
    {
        var message = PlainReader.ReadHead(text, start);
        if (!message.HasHead)
        {
            return message;
        }

        var status = message.Start[1];
        var isStatusLine = message.Start[0].Length == 8
            && message.Start[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            && char.IsAsciiDigit(message.Start[0][7]) && status.Length == 3 && status.All(char.IsAsciiDigit)
            && status[0] != '0'
            && PlainReader.IsFieldValue(message.Start[2]);
        if (!isStatusLine || !TryFrame(message, method) || (isFromProxy && !IsOurs(message)))
        {
            message.HasHead = false;
            return message.Refuse("status line, framing or hop-by-hop lines");
        }

        PlainReader.ReadBody(message, text, allowsExtensions: !isFromProxy);
        return message;
    }

    /// <summary>Whether another response follows to the same request.</summary>
    public static bool IsInterim(PlainMessage message) => message.Start[1][0] == '1' && message.Start[1] != "101";

    private static bool TryFrame(PlainMessage message, string method)
    {
        var lengths = message.Values("Content-Length").Distinct(StringComparer.Ordinal).ToArray();
        var codings = message.Values("Transfer-Encoding");
        if (lengths.Length > 1 || codings.Length > 1 || lengths.Length + codings.Length > 1
            || !lengths.All(PlainReader.IsNumber)
            || !codings.All(coding => coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        var status = message.Start[1];
        if (status[0] == '1' || status is "204" or "304" || method == "HEAD")
        {
            return true;
        }

        message.Length = lengths.Length == 0 ? 0 : long.Parse(lengths[0], CultureInfo.InvariantCulture);
        message.BodyEnd = codings.Length > 0 ? BodyEnd.Chunked : lengths.Length > 0 ? BodyEnd.Length : BodyEnd.Close;
        return true;
    }

    private static bool IsOurs(PlainMessage message)
    {
        var isInterim = message.Start[1][0] == '1';
        var options = message.Tokens("Connection");
        return message.Start[0] == "HTTP/1.1"
            && message.Values("Content-Length").Length <= 1
            && !((isInterim || message.Start[1] == "204") && message.Values("Content-Length").Length
            + message.Values("Transfer-Encoding").Length > 0)
            && options.Length <= 1 && options.All(option => option is "close" or "keep-alive" or "upgrade")
            && HopByHop.All(name => message.Values(name).Length == 0)
            && (message.Start[1] == "101") == (message.Values("Upgrade").Length == 1)
            && message.Fields.All(field => !field.Name.StartsWith("Wunderproxy-", StringComparison.OrdinalIgnoreCase));
    }
}
