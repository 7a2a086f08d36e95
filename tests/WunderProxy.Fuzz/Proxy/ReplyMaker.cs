using System.Globalization;
using System.Text;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>Makes the answers of the origin: half in order, half of them not.</summary>
internal sealed class ReplyMaker(Random random)
{
    private const int MuteReplies = 2000;
    private const int LargeReplies = 400;
    private const int LargeBytes = 150_000;

    // What is larger may not arrive in one piece (see Judge).
    private const int MaxMutatedBytes = 32_000;

    private static readonly string[] Lines =
    [
        "Server: fuzz", "Set-Cookie: a=b", "Set-Cookie: c=d", "Connection: keep-alive", "Keep-Alive: timeout=5",
        "Connection: X-Hop", "X-Hop: 1", "Wunderproxy-X: 1", "Content-Type: text/html",
        "Content-Type: text/event-stream", "ETag: \"x\"", "X-Obs: \xe9", "Proxy-Connection: close", "Vary: *",
        "Trailer: X-T", "Location: http://example.test/", "Upgrade: h2c",
    ];

    private static readonly string[] Wrong =
    [
        "Content-Length: 5", "Content-Length: 0", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip",
        "Transfer-Encoding: identity", "Content-Length: -1", "Content-Length: 99999999999999999999", "X: a\0b",
        " X: folded", "X : 1", "X: a\nInjected: 1", "X\r: 1", ": 1",
    ];

    /// <summary>The answer to a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mark">Says to which request it belongs.</param>
    public Reply Next(PlainMessage request, string mark)
    {
        if (random.Next(MuteReplies) == 0)
        {
            return new Reply { Pieces = [], End = ReplyEnd.Mute };
        }

        var inOrder = InOrder(request, mark);
        return random.Next(2) == 0 ? inOrder : OutOfOrder(inOrder, request.Start[0]);
    }

    private Reply InOrder(PlainMessage request, string mark)
    {
        var text = new StringBuilder();
        if (random.Next(12) == 0)
        {
            text.Append(random.Next(2) == 0 ? "HTTP/1.1 100 Continue\r\n\r\n"
                : "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        }

        if (request.Values("Upgrade").Length > 0 && random.Next(2) == 0)
        {
            text.Append("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ")
                .Append(request.Values("Upgrade")[0]).Append("\r\n\r\n");
            return new Reply { Pieces = Cut(text.ToString()), End = ReplyEnd.Keep, IsUpgrade = true, Content = "" };
        }

        var end = random.Next(10) == 0 ? ReplyEnd.Close : ReplyEnd.Keep;
        var content = random.Next(LargeReplies) == 0 ? new string('r', LargeBytes)
            : $"{mark}:{BodyMaker.Bytes(random.Next(200), random)}";
        var status = random.Next(10) switch
        {
            0 => "204 No Content",
            1 => "304 Not Modified",
            2 => "404 Not Found",
            3 => "500 ",
            _ => "200 OK",
        };
        var hasBody = status[..3] is not ("204" or "304") && request.Start[0] != "HEAD";
        content = hasBody ? content : "";
        text.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nX-Origin: {mark}\r\n");
        for (var lines = random.Next(4); lines > 0; lines--)
        {
            text.Append(Lines[random.Next(Lines.Length)]).Append("\r\n");
        }

        text.Append(end == ReplyEnd.Close ? "Connection: close\r\n" : "");
        AppendBody(text, content, hasBody, ref end);
        return new Reply { Pieces = Cut(text.ToString()), End = end, Content = content, IsEarly = random.Next(8) == 0 };
    }

    private void AppendBody(StringBuilder text, string content, bool hasBody, ref ReplyEnd end)
    {
        switch (random.Next(5))
        {
            case 0 when hasBody:
                text.Append("\r\n").Append(content);
                end = ReplyEnd.Close;
                break;
            case 1 or 2 when hasBody:
                text.Append("Transfer-Encoding: chunked\r\n\r\n");
                BodyMaker.AppendChunks(text, content, random);
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"Content-Length: {content.Length}\r\n\r\n").Append(content);
                break;
        }
    }

    private Reply OutOfOrder(Reply reply, string method)
    {
        var text = string.Concat(reply.Pieces);
        text = (text.Length > MaxMutatedBytes ? 1 : random.Next(12)) switch
        {
            0 => "",
            1 => text[..random.Next(text.Length)],
            2 => text + "HTTP/1.1 200 OK\r\nX-Poison: 1\r\nContent-Length: 6\r\n\r\npoison",
            3 => text.Insert(text.IndexOf("\r\n", StringComparison.Ordinal) + 2, Wrong[random.Next(Wrong.Length)]
                + "\r\n"),
            4 => "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x/1\r\nConnection: Upgrade\r\n\r\n",
            5 when random.Next(20) == 0 => string.Concat(Enumerable.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 70))
                + text,
            6 when random.Next(20) == 0 => "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 200))
                + "\r\n",
            7 when random.Next(20) == 0 => "HTTP/1.1 200 OK\r\nX: " + new string('x', 70_000),
            8 => BodyMaker.Bytes(random.Next(100), random),
            _ => ByteMutator.Mutate(text, random),
        };
        return Judge(text, method);
    }

    // Bytes behind an answer that come later cannot be told from the next answer by anybody: they go in the same write.
    private Reply Judge(string text, string method)
    {
        var at = 0;
        PlainMessage message;
        do
        {
            message = PlainResponse.Read(text, at, method, isFromProxy: false);
            at = message.End;
        }
        while (message.State == ReadState.Complete && PlainResponse.IsInterim(message));

        var end = (random.Next(3), message.State) switch
        {
            (_, ReadState.Complete) => ReplyEnd.Keep,
            (0, _) => ReplyEnd.Reset,
            _ => ReplyEnd.Close,
        };
        var cut = message.State == ReadState.Invalid || text.Length == 0 ? 0 : random.Next(Math.Min(at, text.Length));
        return new Reply
        {
            Pieces = text.Length == 0 ? [] : cut == 0 ? [text] : [text[..cut], text[cut..]],
            End = end,
            IsUpgrade = message.HasHead && message.Start[1] == "101",
        };
    }

    private string[] Cut(string text)
    {
        var cut = random.Next(3) == 0 ? random.Next(text.Length) : 0;
        return cut == 0 ? [text] : [text[..cut], text[cut..]];
    }
}
