namespace WunderProxy.Forwarding.Tests.Http1.Fuzzing;

/// <summary>Messages to start from, and pieces that are put into them.</summary>
internal static class FuzzCorpus
{
    public static IReadOnlyList<byte[]> Requests { get; } = Encode(
        "GET / HTTP/1.1\r\nHost: example.test\r\n\r\n",
        "GET /a/b?c=d HTTP/1.1\r\nHost: example.test:80\r\nUser-Agent: x\r\nAccept: */*\r\nCookie: a=b; c=d\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
        "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
        "GET http://example.test?q HTTP/1.1\r\nHost: other\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: h\r\nMax-Forwards: 3\r\n\r\n",
        "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
        "\r\nGET / HTTP/1.0\r\nX_Forwarded_For: 1\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");

    public static IReadOnlyList<byte[]> Responses { get; } = Encode(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nServer: x\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.0 404 Not Found\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n",
        "HTTP/1.1 200\r\n\r\n");

    public static IReadOnlyList<byte[]> ChunkedBodies { get; } = Encode(
        "0\r\n\r\n",
        "5\r\nhello\r\n0\r\n\r\n",
        "5;a=b\r\nhello\r\n1 ; c = \"d;\\\"\" \t;e\r\n!\r\n0;x\r\nX-T: 1\r\nContent-Length: 5\r\n\r\n",
        "00A\r\n0123456789\r\n1\r\nx\r\n1\r\ny\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\nGET / HTTP/1.1\r\n\r\n");

    public static IReadOnlyList<byte[]> Pieces { get; } = Encode(
        "\r", "\n", "\r\n", "\r\n\r\n", "\0", " ", "\t", "\v", "\x7f", "\x85", "\xa0", "\xff", ":", ";", ",", "=", "\"", "\\", "/",
        "?", "#", "@", "[", "]", "%", "%41", "*", "_", "-", "0", "1", "f", "00000000", "7fffffffffffffff", "ffffffffffffffff",
        "HTTP/1.1", "HTTP/2.0", "http://", "GET ", "CONNECT ", "Host: h\r\n", "Content-Length: 5\r\n", "Content-Length: 6\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n", "Connection: ", "Connection: Host, X-A\r\n", "chunked",
        "Upgrade: h2c\r\n", "X-A: 1\r\n", " X: fold\r\n", "X_Forwarded_For: ::1\r\n", "X-A : 1\r\n", ": 1\r\n", ";a=\"\n\"", "5\r\nhello\r\n");

    private static List<byte[]> Encode(params string[] texts) => [.. texts.Select(Latin1.Bytes)];
}
