using static WunderProxy.IntegrationTests.Differential.Agreement;

namespace WunderProxy.IntegrationTests.Differential;

/// <summary>Requests that go through all three proxies.</summary>
internal static class RequestRows
{
    private const string Close = "Host: a.test\r\nConnection: close\r\n";

    public static IEnumerable<RequestRow> All =>
    [
        .. Methods, .. Targets, .. Hosts, .. Fields, .. HopByHop, .. RequestBodyRows.Bodies, .. Versions, .. Pipelines,
    ];

    private static RequestRow[] Methods =>
    [
        Forwarded("GET", Get("/")),
        Forwarded("POST with an empty body", Head("POST /", "Content-Length: 0")),
        Forwarded("PUT", Head("PUT /x", "Content-Length: 3") + "abc"),
        Forwarded("DELETE", Head("DELETE /x")),
        Forwarded("DELETE with a body", Head("DELETE /x", "Content-Length: 3") + "abc"),
        Forwarded("GET with a body", Head("GET /x", "Content-Length: 3") + "abc"),
        Forwarded("PATCH", Head("PATCH /x", "Content-Length: 3") + "abc"),
        Forwarded("HEAD", Head("HEAD /x")),
        Forwarded("OPTIONS with a body", Head("OPTIONS /x", "Content-Length: 3") + "abc"),
        Forwarded("GET with an empty body", Head("GET /x", "Content-Length: 0")),
        Forwarded("DELETE in chunks", Head("DELETE /x", "Transfer-Encoding: chunked") + "3\r\nabc\r\n0\r\n\r\n"),
        Forwarded("GET in chunks", Head("GET /x", "Transfer-Encoding: chunked") + "3\r\nabc\r\n0\r\n\r\n"),
        Forwarded("OPTIONS of a resource", Head("OPTIONS /x")),
        Forwarded("PROPFIND", Head("PROPFIND /x", "Depth: 1")),
        Forwarded("unknown method", Head("FETCH /x")),
        Forwarded("method with other token characters", Head("M-SEARCH /x")),
        Refused("method with a bracket", Head("GE(T /x")),
        Refused("method with a NUL", Head("GE\0T /x")),
        Refused("empty method", Head(" /x")),
        Refused("CONNECT", "CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\nConnection: close\r\n\r\n",
            Nginx, "a gateway opens no tunnels on request (RFC 9110 section 9.3.6)"),
        Forwarded("method in lower case", Head("get /x"),
            Haproxy, "any token is a method (RFC 9110 section 9.1)"),
        Forwarded("method of all token characters", Head("!#$%&'*+.^_`|~ /x"),
            Haproxy, "any token is a method (RFC 9110 section 9.1)"),
        Forwarded("TRACE", Head("TRACE /x"),
            Haproxy, "the application decides (RFC 9110 section 9.3.8)"),
        Forwarded("OPTIONS *", Head("OPTIONS *"),
            Haproxy, "a form of its own for OPTIONS (RFC 9112 section 3.2.4)"),
        Refused("GET *", Head("GET *"),
            Nginx, "only OPTIONS has this form (RFC 9112 section 3.2.4)"),
    ];

    private static RequestRow[] Targets =>
    [
        Forwarded("path, query and their delimiters", Get("/a/b;c=1?x=1&y=%20z&z=[1]")),
        Forwarded("dots in the path", Get("/a/./b/../c")),
        Forwarded("several slashes", Get("//a///b")),
        Forwarded("escaped slash", Get("/a%2Fb%2e%2E")),
        Forwarded("escape in lower case", Get("/%c3%a9")),
        Forwarded("empty query", Get("/a?")),
        Forwarded("colon and at sign", Get("/a:b@c")),
        Forwarded("target of 7900 bytes", Get("/" + new string('u', 7900))),
        Forwarded("vertical bar and quote", Get("/a|b\"c")),
        Forwarded("bad escape in the query", Get("/a?b=%zz")),
        Forwarded("bad escape in the path", Get("/a%zz"),
            Haproxy, "the meaning of a path is the application's; nginx decodes it for its locations"),
        Forwarded("absolute form", Get("http://a.test/x?y=1")),
        Forwarded("absolute form with an empty path", Get("http://a.test?y=1"),
            Nginx, "an empty path is \"/\" (RFC 9110 section 4.2.3); HAProxy misses a slash"),
        Forwarded("absolute form of another host", Get("http://b.test/x"),
            Neither, "the authority replaces Host (RFC 9112 section 3.2.2); nginx keeps Host, HAProxy refuses"),
        Refused("absolute form with user information", Get("http://user@a.test/x"),
            Nginx, "an error when it comes from elsewhere (RFC 9110 section 4.2.4)"),
        Refused("fragment", Get("/a#b"),
            Haproxy, "no target has one (RFC 9112 section 3.2)"),
        Refused("control", Get("/a\u0001b")),
        Refused("NUL", Get("/a\0b")),
        Refused("DEL", Get("/a\u007fb"),
            Nginx, "no URI has it (RFC 3986 section 2)"),
        Refused("byte beyond ASCII", Get("/a\u00e9"),
            Haproxy, "no URI has it (RFC 3986 section 2)"),
        Refused("path without a slash", Get("a/b")),
        Refused("authority form", Get("a.test:80")),
        Refused("space", Get("/a b")),
        Refused("another scheme", Get("ftp://a.test/"),
            Neither, "not ours to serve (RFC 9110 section 7.4); nginx loses the scheme, HAProxy passes it on"),
    ];

    private static RequestRow[] Hosts =>
    [
        Forwarded("host with a port", With("Host: a.test:8080")),
        Forwarded("IPv6 host", With("Host: [2001:db8::1]:80")),
        Forwarded("host with an underscore", With("Host: my_app.test")),
        Forwarded("host in upper case", With("Host: A.Test")),
        Forwarded("host behind other fields", With("X-A: 1\r\nhost: a.test")),
        Forwarded("empty host", With("Host:"),
            Haproxy, "in the grammar (RFC 9110 section 7.2)"),
        Refused("no host", With("X-A: 1"),
            Nginx, "400 is a must (RFC 9112 section 3.2)"),
        Refused("two equal hosts", With("Host: a.test\r\nHost: a.test"),
            Nginx, "400 is a must for more than one line (RFC 9112 section 3.2)"),
        Refused("two different hosts", With("Host: a.test\r\nHost: b.test")),
        Refused("host with a path", With("Host: a.test/x"),
            Nginx, "400 is a must for an invalid value (RFC 9112 section 3.2)"),
        Refused("host with user information", With("Host: u@a.test"),
            Neither, "400 is a must for an invalid value (RFC 9112 section 3.2)"),
        Refused("host with a space", With("Host: a.test b.test"),
            Nginx, "400 is a must for an invalid value (RFC 9112 section 3.2)"),
        Refused("host with a list", With("Host: a.test, b.test"),
            Nginx, "400 is a must for an invalid value (RFC 9112 section 3.2)"),
        Refused("host with a NUL", With("Host: a\0.test"),
            Nginx, "400 is a must for an invalid value (RFC 9112 section 3.2); HAProxy passes it on"),
        Refused("host with a bad port", With("Host: a.test:80x"),
            Neither, "400 is a must for an invalid value (RFC 9112 section 3.2)"),
        Refused("host with an angle", With("Host: a<.test"),
            Neither, "400 is a must for an invalid value (RFC 9112 section 3.2)"),
    ];

    private static RequestRow[] Fields =>
    [
        Forwarded("equal names keep their order", Head("GET /", "X-A: 1", "X-B: x", "x-a: 2", "X-A: 3")),
        Forwarded("empty value", Head("GET /", "X-A:")),
        Forwarded("white space around a value", Head("GET /", "X-A: \t v w \t")),
        Forwarded("no space before a value", Head("GET /", "X-A:v")),
        Forwarded("colons in a value", Head("GET /", "X-A: a:b: c")),
        Forwarded("bytes beyond ASCII in a value", Head("GET /", "X-A: caf\u00e9")),
        Forwarded("underscore in a name", Head("GET /", "X_Under: v")),
        Forwarded("digits and dashes in a name", Head("GET /", "1-a-2: v")),
        Forwarded("field of 7000 bytes", Head("GET /", "X-A: " + new string('v', 7000))),
        Forwarded("80 fields", Head("GET /", [.. Enumerable.Range(0, 80).Select(i => $"X-{i}: {i}")])),
        Forwarded("cookies, user agent, authorization",
            Head("GET /", "Cookie: a=1; b=2", "User-Agent: x/1 (y)", "Authorization: Basic dTpw")),
        Forwarded("conditions and ranges",
            Head("GET /", "If-None-Match: \"x\"", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
                "Range: bytes=0-1")),
        Forwarded("other token characters in a name", Head("GET /", "X!#$%&'*+.^`|~: v"),
            Haproxy, "any token is a name (RFC 9110 section 5.1); nginx drops the field in silence"),
        Forwarded("tab in a value", Head("GET /", "X-A: a\tb")),
        Refused("space before the colon", Head("GET /", "X-A : v")),
        Refused("tab before the colon", Head("GET /", "X-A\t: v")),
        Refused("empty name", Head("GET /", ": v")),
        Refused("line without a colon", Head("GET /", "X-A"),
            Haproxy, "no field line (RFC 9112 section 5); nginx makes one of it"),
        Refused("NUL in a value", Head("GET /", "X-A: a\0b"),
            Nginx, "dangerous, to be refused or replaced (RFC 9110 section 5.5); HAProxy passes it on"),
        Refused("control in a value", Head("GET /", "X-A: a\u0001b"),
            Neither, "not in the grammar of a value (RFC 9110 section 5.5)"),
        Refused("DEL in a value", Head("GET /", "X-A: a\u007fb"),
            Neither, "not in the grammar of a value (RFC 9110 section 5.5)"),
        Refused("bracket in a name", Head("GET /", "X(A): v"),
            Haproxy, "no token (RFC 9110 section 5.1); nginx drops the field in silence"),
        Refused("byte beyond ASCII in a name", Head("GET /", "X-\u00e9: v"),
            Haproxy, "no token (RFC 9110 section 5.1); nginx drops the field in silence"),
        Refused("NUL in a name", Head("GET /", "X\0A: v")),
        Refused("folded line", Head("GET /", "X-A: a\r\n b"),
            Nginx, "to be refused or unfolded (RFC 9112 section 5.2); two servers do not do the same"),
        Refused("folded first line", Line("GET / HTTP/1.1\r\n X-A: a")),
        Refused("bare CR in a value", Head("GET /", "X-A: a\rb")),
        Refused("lines that end with LF only", Head("GET /", "X-A: a").Replace("\r\n", "\n"),
            Neither, "may be read as CRLF, need not (RFC 9112 section 2.2); two servers do not do the same"),
        Refused("one line that ends with LF only", Head("GET /", "X-A: a\nX-B: b"),
            Neither, "may be read as CRLF, need not (RFC 9112 section 2.2); two servers do not do the same"),
    ];

    private static RequestRow[] HopByHop =>
    [
        Forwarded("keep-alive and proxy-connection",
            Head("GET /", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive")),
        Forwarded("field that Connection names",
            "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nX-A: 1\r\n\r\n",
            Neither, "to be removed (RFC 9110 section 7.6.1); the rivals leave it in"),
        Forwarded("TE", "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close, TE\r\nTE: trailers\r\n\r\n"),
        Forwarded("Upgrade without Connection", Head("GET /", "Upgrade: websocket")),
        Forwarded("Proxy-Authorization", Head("GET /", "Proxy-Authorization: Basic dTpw"),
            Neither, "for the next proxy, so for us (RFC 9110 section 11.7.2); the rivals leave it in"),
        Forwarded("several lines of Connection",
            "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive\r\nConnection: close\r\nX-A: 1\r\n\r\n"),
        Forwarded("Connection with empty elements", "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: ,, close ,\r\n\r\n"),
        Forwarded("Connection that names Host", "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close, Host\r\n\r\n"),
        Forwarded("Connection that names Content-Length",
            "POST / HTTP/1.1\r\nHost: a.test\r\nConnection: close, Content-Length\r\nContent-Length: 3\r\n\r\nabc"),
        Forwarded("Trailer", Head("POST /", "Trailer: X-T", "Transfer-Encoding: chunked") + "0\r\nX-T: 1\r\n\r\n"),
        Forwarded("Via and Forwarded", Head("GET /", "Via: 1.0 b", "Forwarded: for=192.0.2.1")),
        Forwarded("Upgrade to h2c", "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close, Upgrade, HTTP2-Settings\r\n"
            + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n",
            Neither, "HTTP2-Settings is for this connection (RFC 7540 section 3.2.1); the rivals leave it in"),
        Forwarded("unknown expectation", Head("GET /", "Expect: x")),
        Forwarded("Expect without a body", Head("GET /", "Expect: 100-continue")),
        Forwarded("Max-Forwards of GET", Head("GET /", "Max-Forwards: 0")),
        Forwarded("Expect with its body", Head("POST /", "Content-Length: 3", "Expect: 100-continue") + "abc"),
    ];

    private static RequestRow[] Versions =>
    [
        Forwarded("HTTP/1.0", "GET /x HTTP/1.0\r\nHost: a.test\r\nX-A: 1\r\n\r\n"),
        Forwarded("HTTP/1.0 with a length", "POST /x HTTP/1.0\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc"),
        Forwarded("HTTP/1.0 without a host", "GET /x HTTP/1.0\r\nX-A: 1\r\n\r\n",
            Neither, "our upstream speaks HTTP/1.1 and must get a Host (RFC 9112 section 3.2); it gets its address"),
        Forwarded("HTTP/1.0 twice on a connection that is kept",
            "GET /1 HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\nHost: a.test\r\n\r\n"),
        Forwarded("HTTP/1.0 that expects 100",
            "POST /x HTTP/1.0\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc"),
        Forwarded("HTTP/1.2", Line("GET /x HTTP/1.2")),
        Forwarded("empty line before the request", Line("\r\nGET /x HTTP/1.1")),
        Refused("HTTP/1.0 with chunks",
            "POST /x HTTP/1.0\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            Nginx, "the framing is faulty (RFC 9112 section 6.1)"),
        Refused("HTTP/2.0", Line("GET /x HTTP/2.0"),
            Nginx, "another protocol (RFC 9110 section 15.6.6)"),
        Refused("HTTP/0.9", "GET /x\r\n\r\n",
            Haproxy, "no longer part of HTTP (RFC 9112 section 2.3)"),
        Refused("version in lower case", Line("GET /x http/1.1")),
        Refused("version without a minor number", Line("GET /x HTTP/1")),
        Refused("version with leading zero", Line("GET /x HTTP/01.1")),
        Refused("version with more behind it", Line("GET /x HTTP/1.1x")),
        Refused("space behind the version", Line("GET /x HTTP/1.1 "),
            Haproxy, "lenience of RFC 9112 section 3 that two servers do not share"),
        Refused("two spaces before the target", Line("GET  /x HTTP/1.1"),
            Neither, "lenience of RFC 9112 section 3 that we do not share"),
        Refused("tabs between the parts", Line("GET\t/x\tHTTP/1.1"),
            Nginx, "lenience of RFC 9112 section 3 that two servers do not share"),
        Refused("space before the method", Line(" GET /x HTTP/1.1")),
    ];

    private static RequestRow[] Pipelines =>
    [
        Forwarded("two requests at once", "GET /1 HTTP/1.1\r\nHost: a.test\r\n\r\n" + Get("/2")),
        Forwarded("three with bodies", "POST /1 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc"
            + "POST /2 HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            + Get("/3")),
        Forwarded("HEAD before GET", "HEAD /1 HTTP/1.1\r\nHost: a.test\r\n\r\n" + Get("/2")),
        Forwarded("empty line between two", "GET /1 HTTP/1.1\r\nHost: a.test\r\n\r\n\r\n" + Get("/2")),
        Forwarded("trailer before the next one",
            "POST /1 HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n" + Get("/2")),
        Forwarded("body that looks like a request", "POST /1 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 36\r\n\r\n"
            + "GET /hidden HTTP/1.1\r\nHost: b.test\r\n" + Get("/2")),
        Forwarded("nothing behind one that asks for the end", Get("/1") + Get("/2")),
        Forwarded("nothing behind HTTP/1.0", "GET /1 HTTP/1.0\r\nHost: a.test\r\n\r\n" + Get("/2")),
        Refused("a bad one behind a good one",
            "GET /1 HTTP/1.1\r\nHost: a.test\r\n\r\n" + Head("GET /2", "X-A : v")),
        Refused("a good one behind a bad one", "GET /1 HTTP/1.1\r\nX-A : v\r\n\r\n" + Get("/2")),
    ];

    private static string Get(string target) => Head("GET " + target);

    /// <summary>A request by its first line, which may be a bad one; its connection is asked to end.</summary>
    private static string Line(string line) => $"{line}\r\n{Close}\r\n";

    private static string With(string hosts) => $"GET / HTTP/1.1\r\n{hosts}\r\nConnection: close\r\n\r\n";

    /// <summary>A request's head; its connection is asked to end.</summary>
    public static string Head(string start, params string[] fields) =>
        $"{start} HTTP/1.1\r\n{Close}{string.Concat(fields.Select(field => field + "\r\n"))}\r\n";

    /// <summary>A row that we forward.</summary>
    public static RequestRow Forwarded(
        string name, string request, Agreement agreement = Agreement.All, string why = "") =>
        new(name, request, IsForwarded: true, agreement, why);

    /// <summary>A row that we refuse.</summary>
    public static RequestRow Refused(
        string name, string request, Agreement agreement = Agreement.All, string why = "") =>
        new(name, request, IsForwarded: false, agreement, why);
}
