using System.Text;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>Makes requests that keep the grammar, or break it where smuggling lives.</summary>
internal sealed class RequestMaker(Random random, string mark)
{
    // One in so many has a body that goes through the kernel (see DirectBody).
    private const int LargeBodies = 400;
    private const int LargeBytes = 150_000;

    private static readonly string[] Methods =
    [
        "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PURGE",
    ];

    private static readonly string[] Lines =
    [
        "User-Agent: fuzz", "Accept: */*", "Accept: application/json", "Cookie: a=b; c=d", "Cookie: e=f",
        "Connection: keep-alive", "Connection: close", "Connection: X-Hop", "X-Hop: 1", "Keep-Alive: timeout=5",
        "TE: trailers", "TE: gzip;q=0.5", "Connection: TE", "Trailer: X-T", "Expect: 100-continue",
        "X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: a\"b, unknown", "X-Forwarded-Proto: https",
        "X_Forwarded_For: 203.0.113.9", "Forwarded: for=203.0.113.9", "X-Real-IP: 203.0.113.9",
        "Wunderproxy-Secret: x", "Max-Forwards: 3", "Max-Forwards: 0", "Range: bytes=0-1", "If-None-Match: \"x\"",
        "X-Obs: \xe9\xff", "X-Empty:", "X-Blank: \t a \t", "Proxy-Authorization: x", "Proxy-Connection: close",
        "Content_Length: 3", "HTTP2-Settings: x", "Connection: Content-Length, Host", "Authorization: Bearer x",
        "Connection: X-Forwarded-For, Cookie, Via", "Proxy: http://evil/",
        "Content-Type: text/plain", "Via: 1.0 x", "X-Long: " + Long,
    ];

    // Each of them has been read in two ways by somebody.
    private static readonly string[] Smuggling =
    [
        "Transfer-Encoding: chunked", "Transfer-Encoding: Chunked", "Transfer-Encoding:\tchunked",
        "Transfer-Encoding : chunked", "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity", "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked;a=b", "Transfer-Encoding: \vchunked", "Transfer-Encoding: chunked\r",
        "Transfer_Encoding: chunked", "X: y\nTransfer-Encoding: chunked", "Transfer-Encoding\r\n : chunked",
        "Content-Length: 0", "Content-Length: 5", "Content-Length: +5", "Content-Length: 0x5", "Content-Length: 5,5",
        "Content-Length: 5 ", "Content-Length: -1", "Content-Length: 9223372036854775808", "Content-Length:\r\n 5",
        "Content-Length\0: 5", "Content-Length: 5\0", "Host: b", "Host: a, b", "Host: a@b", "Host: [::1", " Host: a",
        "Connection: close, Transfer-Encoding",
    ];

    private static string Long { get; } = new('y', 5000);

    private int _count;

    /// <summary>The next request.</summary>
    public string Next()
    {
        _count++;
        var method = Methods[random.Next(Methods.Length)];
        var text = new StringBuilder();
        text.Append(random.Next(20) == 0 ? "\r\n" : "").Append(method).Append(' ').Append(Target(method)).Append(' ')
            .Append(Version()).Append("\r\n");
        text.Append(random.Next(40) == 0 ? "" : random.Next(20) == 0 ? "hOsT:  other.test:8080 \r\n"
            : "Host: example.test\r\n");
        for (var lines = random.Next(5); lines > 0; lines--)
        {
            text.Append(Lines[random.Next(Lines.Length)]).Append("\r\n");
        }

        if (random.Next(8) == 0)
        {
            text.Append(Smuggling[random.Next(Smuggling.Length)]).Append("\r\n");
        }

        if (random.Next(25) == 0)
        {
            text.Append("Connection: Upgrade\r\nUpgrade: ").Append(random.Next(2) == 0 ? "websocket" : "x/1")
                .Append("\r\n");
        }

        AppendBody(text, hasBody: method is "POST" or "PUT" or "PATCH" || random.Next(10) == 0);
        return text.ToString();
    }

    private string Target(string method) => random.Next(24) switch
    {
        0 => "http://absolute.test:81" + Path(),
        1 => random.Next(2) == 0 ? "http://absolute.test" : $"HTTP://absolute.test?{mark}-{_count}",
        2 when method == "OPTIONS" => "*",
        3 => Path() + "\"<>\\^`{|}'()",
        4 => "example.test:80",
        5 => Path() + "/../%2e%2e/%00%zz",
        6 when random.Next(8) == 0 => Path() + new string('x', random.Next(7000, 9000)),
        _ => Path(),
    };

    private string Path() => $"/{mark}-{_count}/{random.Next(100)}?q={random.Next(10)}";

    private string Version() => random.Next(24) switch
    {
        0 or 1 => "HTTP/1.0",
        2 => "HTTP/1.7",
        3 when random.Next(4) == 0 => "HTTP/2.0",
        _ => "HTTP/1.1",
    };

    private void AppendBody(StringBuilder text, bool hasBody)
    {
        if (!hasBody)
        {
            text.Append("\r\n");
        }
        else if (random.Next(2) == 0)
        {
            var body = Content();
            text.Append("Content-Length: ").Append(body.Length).Append("\r\n\r\n").Append(body);
        }
        else
        {
            text.Append("Transfer-Encoding: chunked\r\n\r\n");
            BodyMaker.AppendChunks(text, Content(), random);
        }
    }

    private string Content() => random.Next(6) switch
    {
        0 => $"GET /smuggled-{mark} HTTP/1.1\r\nHost: smuggled\r\n\r\n",
        1 => $"0\r\n\r\nGET /smuggled-{mark} HTTP/1.1\r\nHost: smuggled\r\n\r\n",
        2 when random.Next(LargeBodies / 6) == 0 => new string('z', LargeBytes + random.Next(LargeBytes)),
        3 => "",
        _ => BodyMaker.Bytes(random.Next(300), random),
    };
}
