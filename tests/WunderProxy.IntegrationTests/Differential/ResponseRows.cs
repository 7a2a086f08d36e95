using static WunderProxy.IntegrationTests.Differential.Agreement;

namespace WunderProxy.IntegrationTests.Differential;

/// <summary>Responses that go through all three proxies.</summary>
internal static class ResponseRows
{
    private const string Mark = $"{RecordingOrigin.Mark}: 1\r\n";
    private const string Get = "GET /x HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";
    private const string GetAsHttp10 = "GET /x HTTP/1.0\r\nHost: a.test\r\n\r\n";
    private const string TwoGets = "GET /1 HTTP/1.1\r\nHost: a.test\r\n\r\n" + Get;
    private const string TwoHeads = "HEAD /1 HTTP/1.1\r\nHost: a.test\r\n\r\n" + HeadRequest;
    private const string HeadRequest = "HEAD /x HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";

    public static IEnumerable<ResponseRow> All =>
        [.. Whole, .. WithoutBody, .. Interim, .. Http10, .. Sequences, .. Broken];

    private static ResponseRow[] Whole =>
    [
        Passed("length", Head("200 OK", "Content-Length: 3") + "abc"),
        Passed("length on a connection that is kept", Head("200 OK", "Content-Length: 3") + "abc", OriginEnd.Keep),
        Passed("empty body", Head("200 OK", "Content-Length: 0")),
        Passed("body of 300000", Head("200 OK", "Content-Length: 300000") + new string('b', 300_000)),
        Passed("chunks", Chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")),
        Passed("chunks on a connection that is kept", Chunked("3\r\nabc\r\n0\r\n\r\n"), OriginEnd.Keep),
        Passed("chunk extension", Chunked("3;a=b\r\nabc\r\n0\r\n\r\n")),
        Passed("chunks with a trailer", Chunked("3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n")),
        Passed("until the end of the connection", Head("200 OK") + "abc"),
        Passed("until the end of the connection, empty", Head("200 OK")),
        Passed("status 201 with a location", Head("201 Created", "Location: /y", "Content-Length: 0")),
        Passed("partial content",
            Head("206 Partial Content", "Content-Range: bytes 0-2/10", "Content-Length: 3") + "abc"),
        Passed("redirect", Head("302 Found", "Location: http://b.test/y?z=1", "Content-Length: 0")),
        Passed("not found", Head("404 Not Found", "Content-Length: 4") + "gone"),
        Passed("server error", Head("500 Oops", "Content-Length: 4") + "oops"),
        Passed("unavailable", Head("503 Busy", "Retry-After: 7", "Content-Length: 4") + "busy"),
        Passed("unknown status", Head("299 Strange", "Content-Length: 2") + "ok"),
        Passed("reason that is empty", Head("200 ", "Content-Length: 2") + "ok"),
        Passed("reason and its space missing", Head("200", "Content-Length: 2") + "ok"),
        Passed("cookies", Head("200 OK", "Set-Cookie: a=1; Path=/", "Set-Cookie: b=2", "Content-Length: 0")),
        Passed("validators and caching",
            Head("200 OK", "ETag: \"x\"", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT", "Cache-Control: no-cache",
                "Vary: Accept", "Content-Length: 0")),
        Passed("encoded body", Head("200 OK", "Content-Encoding: gzip", "Content-Length: 4") + "\u001f\u008b\u0008\0"),
        Passed("event stream", Head("200 OK", "Content-Type: text/event-stream") + "data: 1\n\n"),
        Passed("empty value", Head("200 OK", "X-A:", "Content-Length: 0")),
        Passed("bytes beyond ASCII in a value", Head("200 OK", "X-A: caf\u00e9", "Content-Length: 0")),
        Passed("field that Connection names", Head("200 OK", "Connection: X-Hop", "X-Hop: 1", "Content-Length: 0"),
            agreement: Neither, why: "to be removed (RFC 9110 section 7.6.1); the rivals leave it in"),
        Passed("coding in upper case", Head("200 OK", "Transfer-Encoding: Chunked") + "3\r\nabc\r\n0\r\n\r\n"),
        Passed("length with leading zeros", Head("200 OK", "Content-Length: 003") + "abc",
            agreement: Nginx, why: "a number (RFC 9110 section 8.6); HAProxy passes the digits on"),
        Passed("length with white space", Head("200 OK", "Content-Length: \t3 ") + "abc",
            agreement: Haproxy, why: "no part of a value (RFC 9110 section 5.5); nginx does not know the tab"),
        Passed("reason beyond ASCII", Head("200 Gr\u00fc\u00df", "Content-Length: 2") + "ok"),
        Passed("90 fields",
            Head("200 OK", [.. Enumerable.Range(0, 90).Select(i => $"X-{i}: {i}"), "Content-Length: 0"])),
        Passed("field of 3000 bytes", Head("200 OK", "X-A: " + new string('v', 3000), "Content-Length: 0")),
        Passed("field of 20000 bytes", Head("200 OK", "X-A: " + new string('v', 20_000), "Content-Length: 0"),
            agreement: Neither, why: "a matter of limits; ours is 64 KiB for all of a head"),
        Passed("Keep-Alive and Upgrade", Head("200 OK", "Keep-Alive: timeout=5", "Upgrade: h2c", "Content-Length: 0")),
        Passed("equal names keep their order", Head("200 OK", "X-A: 1", "X-B: x", "x-a: 2", "Content-Length: 0")),
        Passed("many small chunks", Chunked(string.Concat(Enumerable.Repeat("1\r\nx\r\n", 500)) + "0\r\n\r\n")),
        Passed("status of 418", Head("418 Teapot", "Content-Length: 0")),
        Passed("status of 599", Head("599 Odd", "Content-Length: 0")),
        Passed("status of 999", Head("999 Odd", "Content-Length: 0")),
        Passed("authentication challenge",
            Head("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"", "Content-Length: 0")),
    ];

    private static ResponseRow[] WithoutBody =>
    [
        Passed("HEAD with a length", Head("200 OK", "Content-Length: 300"), request: HeadRequest),
        Passed("HEAD with a length on a connection that is kept",
            Head("200 OK", "Content-Length: 300"), OriginEnd.Keep, HeadRequest),
        Passed("HEAD with chunks", Head("200 OK", "Transfer-Encoding: chunked"), request: HeadRequest),
        Passed("HEAD without either", Head("200 OK"), request: HeadRequest),
        Passed("204", Head("204 No Content")),
        Passed("204 on a connection that is kept", Head("204 No Content"), OriginEnd.Keep),
        Passed("304", Head("304 Not Modified", "ETag: \"x\"")),
        Passed("304 on a connection that is kept", Head("304 Not Modified", "ETag: \"x\""), OriginEnd.Keep),
        Passed("304 with a length", Head("304 Not Modified", "Content-Length: 300")),
        Passed("204 with a length", Head("204 No Content", "Content-Length: 0"),
            agreement: Haproxy, why: "a length is forbidden there (RFC 9110 section 8.6); nginx leaves it in"),
        Passed("204 with chunks", Head("204 No Content", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        Passed("204 with bytes behind it", Head("204 No Content") + "abc"),
        Passed("304 with chunks", Head("304 Not Modified", "Transfer-Encoding: chunked")),
        Passed("304 with bytes behind it", Head("304 Not Modified", "Content-Length: 3") + "abc"),
        Passed("HEAD with bytes behind it", Head("200 OK", "Content-Length: 3") + "abc", request: HeadRequest),
        Passed("205 with an empty body", Head("205 Reset Content", "Content-Length: 0")),
    ];

    private static ResponseRow[] Interim =>
    [
        Passed("100 that nobody asked for",
            "HTTP/1.1 100 Continue\r\n\r\n" + Head("200 OK", "Content-Length: 2") + "ok"),
        Passed("103 with links",
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + Head("200 OK", "Content-Length: 2") + "ok"),
        Passed("102 and 103",
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + Head("200 OK",
                "Content-Length: 2") + "ok"),
        Passed("103 before HTTP/1.0",
            "HTTP/1.1 103 Early Hints\r\n\r\n" + Head("200 OK", "Content-Length: 2") + "ok", request: GetAsHttp10,
            agreement: Neither, why: "no 1xx to HTTP/1.0 is a must (RFC 9110 section 15.2); the rivals send it"),
        Failed("101 that nobody asked for",
            $"HTTP/1.1 101 Switching Protocols\r\n{Mark}Upgrade: x\r\nConnection: Upgrade\r\n\r\n",
            agreement: Haproxy, why: "a client that asked for no upgrade gets none (RFC 9110 section 7.8)"),
        Failed("nothing behind a 100", "HTTP/1.1 100 Continue\r\n\r\n"),
    ];

    private static ResponseRow[] Http10 =>
    [
        Passed("response of HTTP/1.0 with a length", $"HTTP/1.0 200 OK\r\n{Mark}Content-Length: 3\r\n\r\nabc"),
        Passed("response of HTTP/1.0 until the end", $"HTTP/1.0 200 OK\r\n{Mark}\r\nabc"),
        Passed("length for a client of HTTP/1.0", Head("200 OK", "Content-Length: 3") + "abc", request: GetAsHttp10),
        Passed("chunks for a client of HTTP/1.0", Chunked("3\r\nabc\r\n0\r\n\r\n"), request: GetAsHttp10),
        Passed("until the end for a client of HTTP/1.0", Head("200 OK") + "abc", request: GetAsHttp10),
        Failed("response of HTTP/1.0 with chunks",
            $"HTTP/1.0 200 OK\r\n{Mark}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            agreement: Neither, why: "the framing is faulty (RFC 9112 section 6.1)"),
    ];

    // What an origin sends too much must never be taken for the answer to the next request.
    private static ResponseRow[] Sequences =>
    [
        Passed("two with a length", Head("200 OK", "Content-Length: 3") + "abc", OriginEnd.Keep, TwoGets),
        Passed("two in chunks", Chunked("3\r\nabc\r\n0\r\n\r\n"), OriginEnd.Keep, TwoGets),
        Passed("two until the end of the connection", Head("200 OK") + "abc", OriginEnd.Close, TwoGets,
            agreement: Nginx, why: "chunks keep the connection (RFC 9112 section 9.3); HAProxy ends it"),
        Passed("two without a body", Head("304 Not Modified"), OriginEnd.Keep, TwoGets),
        Passed("two to HEAD", Head("200 OK", "Content-Length: 3"), OriginEnd.Keep, TwoHeads),
        Passed("two with more bytes than the length",
            Head("200 OK", "Content-Length: 3") + "abcdef", OriginEnd.Keep, TwoGets),
        Passed("two with another response behind them",
            Head("200 OK", "Content-Length: 3") + "abc" + Head("200 OK", "X-Evil: 1", "Content-Length: 0"),
            OriginEnd.Keep, TwoGets),
        Passed("two to HEAD, with bodies", Head("200 OK", "Content-Length: 3") + "abc", OriginEnd.Keep, TwoHeads),
        Passed("two of 204, with bodies", Head("204 No Content") + "abc", OriginEnd.Keep, TwoGets),
    ];

    private static ResponseRow[] Broken =>
    [
        Failed("nothing", string.Empty),
        Failed("reset", string.Empty, OriginEnd.Reset),
        Failed("half a status line", "HTTP/1.1 20"),
        Failed("half a head", $"HTTP/1.1 200 OK\r\n{Mark}Content-Le"),
        Failed("body shorter than its length", Head("200 OK", "Content-Length: 10") + "abc"),
        Failed("body shorter than its length, reset", Head("200 OK", "Content-Length: 10") + "abc", OriginEnd.Reset),
        Failed("chunks without the last one", Chunked("3\r\nabc\r\n")),
        Failed("chunk shorter than its size", Chunked("9\r\nabc")),
        Failed("half a last chunk", Chunked("3\r\nabc\r\n0\r\n")),
        Failed("bad chunk size", Chunked("3\r\nabc\r\nzz\r\n\r\n")),
        Failed("chunk longer than its size", Chunked("3\r\nabcd\r\n0\r\n\r\n")),
        Failed("no status", $"HTTP/1.1 OK\r\n{Mark}Content-Length: 2\r\n\r\nok",
            agreement: Haproxy, why: "a status has three digits (RFC 9112 section 4); nginx takes it for a body"),
        Failed("status of two digits", Head("20 OK", "Content-Length: 2") + "ok",
            agreement: Neither, why: "a status has three digits (RFC 9112 section 4)"),
        Failed("status of four digits", Head("2000 OK", "Content-Length: 2") + "ok",
            agreement: Neither, why: "a status has three digits (RFC 9112 section 4); the rivals cut it to 200"),
        Failed("another protocol", $"HTP/1.1 200 OK\r\n{Mark}Content-Length: 2\r\n\r\nok",
            agreement: Haproxy, why: "no HTTP (RFC 9112 section 2.3); nginx takes all of it for a body"),
        Failed("HTTP/2.0", $"HTTP/2.0 200 OK\r\n{Mark}Content-Length: 2\r\n\r\nok",
            agreement: Neither, why: "not the version that was asked for (RFC 9110 section 2.5)"),
        Failed("no head at all", "<html>ok</html>"),
        Failed("length that is no number", Head("200 OK", "Content-Length: x") + "ok",
            agreement: Haproxy, why: "invalid framing is an error (RFC 9112 section 6.3 rule 5)"),
        Failed("negative length", Head("200 OK", "Content-Length: -2") + "ok",
            agreement: Haproxy, why: "invalid framing is an error (RFC 9112 section 6.3 rule 5)"),
        Failed("two different lengths", Head("200 OK", "Content-Length: 2", "Content-Length: 3") + "okk",
            agreement: Haproxy, why: "invalid framing is an error (RFC 9112 section 6.3 rule 5)"),
        Failed("list of equal lengths", Head("200 OK", "Content-Length: 2, 2") + "ok",
            agreement: Neither, why: "may be taken as one, or refused (RFC 9110 section 8.6)"),
        Failed("empty length", Head("200 OK", "Content-Length:") + "ok",
            agreement: Haproxy, why: "invalid framing is an error (RFC 9112 section 6.3 rule 5)"),
        Failed("length beyond 64 bits", Head("200 OK", "Content-Length: 18446744073709551618") + "ok",
            agreement: Neither, why: "invalid framing is an error (RFC 9112 section 6.3 rule 5)"),
        Failed("gzip before chunked", Head("200 OK", "Transfer-Encoding: gzip, chunked") + "3\r\nabc\r\n0\r\n\r\n",
            agreement: Haproxy, why: "a coding that the client did not ask for (RFC 9112 section 6.1)"),
        Failed("chunked twice", Head("200 OK", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked")
            + "3\r\nabc\r\n0\r\n\r\n",
            agreement: Haproxy, why: "chunked is applied once (RFC 9112 section 6.1)"),
        Failed("identity", Head("200 OK", "Transfer-Encoding: identity") + "abc",
            agreement: Haproxy, why: "a coding that is no more (RFC 9112 section 7)"),
        Failed("chunk size that ends with LF only", Chunked("3\nabc\r\n0\r\n\r\n"),
            agreement: Neither, why: "LF alone ends no line of a chunk (RFC 9112 section 7.1, erratum 7633)"),
        Failed("bytes before the status line", "x\r\n" + Head("200 OK", "Content-Length: 2") + "ok",
            agreement: Haproxy, why: "no status line (RFC 9112 section 4)"),
        Failed("empty line before the status line", "\r\n" + Head("200 OK", "Content-Length: 2") + "ok",
            agreement: Neither, why: "no status line (RFC 9112 section 4); only servers skip empty lines (section 2.2)"),
        Failed("empty name", Head("200 OK", ": v", "Content-Length: 2") + "ok"),
        Failed("control in a value", Head("200 OK", "X-A: a\u0001b", "Content-Length: 2") + "ok",
            agreement: Neither, why: "not in the grammar of a value (RFC 9110 section 5.5)"),
        Failed("status of zero", Head("000 OK", "Content-Length: 2") + "ok",
            agreement: Neither, why: "a status is 100 at least (RFC 9110 section 15)"),
        Failed("head that never ends", $"HTTP/1.1 200 OK\r\n{Mark}X-A: " + new string('v', 300_000)),
        Passed("two equal lengths", Head("200 OK", "Content-Length: 2", "Content-Length: 2") + "ok"),
        Failed("length and chunks",
            Head("200 OK", "Content-Length: 3", "Transfer-Encoding: chunked") + "3\r\nabc\r\n0\r\n\r\n",
            agreement: Neither, why: "ought to be handled as an error (RFC 9112 section 6.3 rule 3)"),
        Failed("unknown coding", Head("200 OK", "Transfer-Encoding: x") + "abc",
            agreement: Haproxy, why: "we do not know where it ends for the client (RFC 9112 section 6.1)"),
        Failed("line without a colon", Head("200 OK", "X-A", "Content-Length: 2") + "ok",
            agreement: Haproxy, why: "no field line (RFC 9112 section 5); nginx makes one of it"),
        Failed("space before the colon", Head("200 OK", "X-A : v", "Content-Length: 2") + "ok"),
        Failed("NUL in a value", Head("200 OK", "X-A: a\0b", "Content-Length: 2") + "ok",
            agreement: Nginx, why: "dangerous, to be refused or replaced (RFC 9110 section 5.5); HAProxy passes it on"),
        Failed("folded line", Head("200 OK", "X-A: a\r\n b", "Content-Length: 2") + "ok",
            agreement: Nginx, why: "to be refused or unfolded (RFC 9112 section 5.2)"),
        Failed("bare CR in a value", Head("200 OK", "X-A: a\rb", "Content-Length: 2") + "ok"),
        Failed("lines that end with LF only", Head("200 OK", "Content-Length: 2").Replace("\r\n", "\n") + "ok",
            agreement: Neither, why: "may be read as CRLF, need not (RFC 9112 section 2.2)"),
        Passed("more bytes than the length", Head("200 OK", "Content-Length: 2") + "ok and more"),
    ];

    private static string Head(string status, params string[] fields) =>
        $"HTTP/1.1 {status}\r\n{Mark}{string.Concat(fields.Select(field => field + "\r\n"))}\r\n";

    private static string Chunked(string body) => Head("200 OK", "Transfer-Encoding: chunked") + body;

    private static ResponseRow Passed(
        string name,
        string response,
        OriginEnd end = OriginEnd.Close,
        string request = Get,
        Agreement agreement = Agreement.All,
        string why = "") =>
        new(name, request, response, end, IsPassedOn: true, agreement, why);

    private static ResponseRow Failed(
        string name,
        string response,
        OriginEnd end = OriginEnd.Close,
        string request = Get,
        Agreement agreement = Agreement.All,
        string why = "") =>
        new(name, request, response, end, IsPassedOn: false, agreement, why);
}
