using System.Globalization;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>What a request is, at either end of the proxy, read by the letter.</summary>
internal static class PlainRequest
{
    private const int MaxEmptyLines = 4;

    /// <summary>
    /// What the bytes of a client mean: its messages up to the first that is incomplete (<see
    /// cref="ReadState.Partial"/>)
    /// or means nothing. One whose head is valid counts even if its body is not: its beginning may be passed on.
    /// </summary>
    public static List<PlainMessage> ReadAll(string text)
    {
        var messages = new List<PlainMessage>();
        var at = 0;
        while (at < text.Length)
        {
            for (var line = 0; line < MaxEmptyLines
                && text.AsSpan(at).StartsWith("\r\n", StringComparison.Ordinal); line++)
            {
                at += 2;
            }

            var message = ReadFromClient(text, at);
            if (at < text.Length)
            {
                messages.Add(message);
            }

            if (message.State != ReadState.Complete)
            {
                break;
            }

            at = message.End;
        }

        return messages;
    }

    /// <summary>Reads what the proxy sends to the upstream: nothing but the plainest form will do.</summary>
    public static PlainMessage ReadFromProxy(string text)
    {
        var message = PlainReader.ReadHead(text, 0);
        if (!message.HasHead)
        {
            return message;
        }

        if (message.Start[2] != "HTTP/1.1" || !PlainReader.IsToken(message.Start[0]) || !IsVisible(message.Start[1])
            || message.Values("Host").Length != 1 || !TryFrame(message, canChunk: true))
        {
            message.HasHead = false;
            return message.Refuse("request line, Host or framing");
        }

        PlainReader.ReadBody(message, text, allowsExtensions: false);
        return message;
    }

    /// <summary>The target as an origin server has to get it; null if it has none of the forms.</summary>
    public static string? OriginTarget(PlainMessage message)
    {
        var target = message.Start[1];
        if (target.StartsWith('/') || (target == "*" && message.Start[0] == "OPTIONS"))
        {
            return target;
        }

        if (Authority(target) is not { } authority)
        {
            return null;
        }

        var path = target[(target.IndexOf(':') + 3 + authority.Length)..];
        return path.StartsWith('/') ? path : path.Length == 0 && message.Start[0] == "OPTIONS" ? "*" : "/" + path;
    }

    /// <summary>The host that is meant; null if the request names none.</summary>
    public static string? Host(PlainMessage message) =>
        Authority(message.Start[1]) ?? message.Values("Host").FirstOrDefault();

    private static PlainMessage ReadFromClient(string text, int start)
    {
        var message = PlainReader.ReadHead(text, start);
        if (!message.HasHead)
        {
            return message;
        }

        var version = message.Start[2];
        var isHttp1 = version.Length == 8 && version.StartsWith("HTTP/1.", StringComparison.Ordinal)
            && char.IsAsciiDigit(version[7]);
        var hosts = message.Values("Host");
        if (!isHttp1 || !PlainReader.IsToken(message.Start[0]) || message.Start[0] == "CONNECT"
            || !IsVisible(message.Start[1])
            || message.Start[1].Contains('#') || OriginTarget(message) is null || hosts.Length > 1
            || (hosts.Length == 0 && version[7] != '0') || !IsHost(Host(message) ?? "")
            || !TryFrame(message, canChunk: version[7] != '0'))
        {
            message.HasHead = false;
            return message.Refuse("start line, Host or framing");
        }

        PlainReader.ReadBody(message, text, allowsExtensions: true);
        return message;
    }

    private static bool TryFrame(PlainMessage message, bool canChunk)
    {
        var lengths = message.Values("Content-Length");
        var codings = message.Values("Transfer-Encoding");
        if (lengths.Length + codings.Length == 0)
        {
            return true;
        }

        if (codings.Length == 0 && lengths.Length == 1 && PlainReader.IsNumber(lengths[0]))
        {
            message.Length = long.Parse(lengths[0], CultureInfo.InvariantCulture);
            message.BodyEnd = BodyEnd.Length;
            return true;
        }

        message.BodyEnd = BodyEnd.Chunked;
        return canChunk && lengths.Length == 0 && codings.Length == 1
            && codings[0].Equals("chunked", StringComparison.OrdinalIgnoreCase);
    }

    private static string? Authority(string target)
    {
        var scheme = new[] { "http://", "https://" }
            .FirstOrDefault(prefix => target.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        return scheme is null ? null
            : new string([.. target[scheme.Length..].TakeWhile(letter => letter is not ('/' or '?'))]);
    }

    private static bool IsVisible(string text) => text.Length > 0 && text.All(letter => letter is > ' ' and < '\x7f');

    private static bool IsHost(string text) =>
        text.All(letter => char.IsAsciiLetterOrDigit(letter) || "-._~!$&'()*+,;=%:[]".Contains(letter));
}
