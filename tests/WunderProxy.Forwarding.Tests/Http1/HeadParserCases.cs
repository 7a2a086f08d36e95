using static WunderProxy.Forwarding.Http1.RequestRejection;

namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>The RFC conformance table of request heads.</summary>
internal static class HeadParserCases
{
    private const string Host = "Host: example.test\r\n";

    public static IEnumerable<RequestCase> Accepted()
    {
        yield return new("RFC 9112 3", Line("GET / HTTP/1.1"));
        yield return new("RFC 9112 3.2.1", Line("GET /a/b;c=1?x=1&y=%20z HTTP/1.1"));
        yield return new("RFC 3986 3.3", Line("GET /!$&'()*+,;=:@-._~ HTTP/1.1"));
        yield return new("RFC 3986 2.1, an invalid escape is the application's", Line("GET /a%zz%4 HTTP/1.1"));
        yield return new("browsers send these as they are", Line("GET /a\\b?\"<>[]^`{|} HTTP/1.1"));
        yield return new("RFC 9112 3.2.1, two slashes are a path", Line("GET //evil.test/x HTTP/1.1"));
        yield return new("RFC 9112 3.2.2", Line("GET http://example.test/u HTTP/1.1"));
        yield return new("RFC 3986 3.1, scheme in any case", Line("GET HTTPS://example.test:8443/u HTTP/1.1"));
        yield return new("RFC 9112 3.2.1, empty path", Line("GET http://example.test HTTP/1.1"));
        yield return new("RFC 9112 3.2.1, empty path and a query", Line("GET http://example.test?x=1 HTTP/1.1"));
        yield return new("RFC 9112 3.2.4", Line("OPTIONS * HTTP/1.1"));
        yield return new("RFC 9112 3.2.4, whole server in absolute form", Line("OPTIONS http://example.test HTTP/1.1"));
        yield return new("RFC 9110 9.1", Line("M-!#$%&'*+.^_`|~9 / HTTP/1.1"));
        yield return new("RFC 9112 2.2, one empty line", "\r\n" + Line("GET / HTTP/1.1"));
        yield return new("RFC 9112 2.2, a few empty lines", "\r\n\r\n\r\n\r\n" + Line("GET / HTTP/1.1"));
        yield return new("RFC 9110 2.5, a higher minor version counts as 1", Line("GET / HTTP/1.2"));
        yield return new("RFC 9112 3, 8000 octets", Line("GET /" + new string('u', 8000) + " HTTP/1.1"));
        yield return new("RFC 9112 3, exactly the limit", Line("GET /" + new string('u', (8 * 1024) - 14) + " HTTP/1.1"));
        yield return new("RFC 9112 3.2, HTTP/1.0 needs no Host", "GET / HTTP/1.0\r\n\r\n");
        yield return new("RFC 9112 3.2, empty Host", Head("Host:"));
        yield return new("RFC 9112 3.2, last line", Head("X-A: 1", "host: example.test"));
        yield return new("RFC 9110 7.2, port", Head("Host: example.test:8443"));
        yield return new("RFC 3986 3.2.3, empty port", Head("Host: example.test:"));
        yield return new("RFC 3986 3.2.2, IPv6", Head("Host: [2001:db8::1]:8080"));
        yield return new("RFC 3986 3.2.2, IPv6 with dotted end", Head("Host: [::ffff:192.0.2.1]"));
        yield return new("RFC 3986 3.2.2, underscore", Head("Host: my_app.test"));
        yield return new("RFC 3986 3.2.2, sub-delims and escapes", Head("Host: a!$&'()*+,;=%41.test"));
        yield return new("RFC 9112 5, colons in a value", HeadWithHost("X-A: a:b: c", "X-B::x"));
        yield return new("RFC 9112 5.1, blanks around a value", HeadWithHost("X-A: \t a b\t ", "X-B:", "X-C: \t"));
        yield return new("RFC 9110 5.5, obs-text", HeadWithHost("X-A: caf\xe9 \xc3\xa9\xff"));
        yield return new("RFC 9110 5.1, all of tchar", HeadWithHost("!#$%&'*+-.^_`|~09azAZ: v"));
        yield return new("RFC 9110 5.3, 128 lines", HeadWithHost([.. Enumerable.Range(0, 127).Select(n => $"X-{n}: {n}")]));
        yield return new("RFC 6585 5, exactly the limit in bytes", HeadWithHost("X: " + new string('v', (32 * 1024) - 20 - 5)));
    }

    public static IEnumerable<RequestCase> RejectedRequestLines()
    {
        yield return new("RFC 9110 9.1, empty", Line(" / HTTP/1.1"), BadMethod);
        yield return new("RFC 9110 5.6.2, quote", Line("G\"E\"T / HTTP/1.1"), BadMethod);
        yield return new("RFC 9110 5.6.2, NUL", Line("GET\0 / HTTP/1.1"), BadMethod);
        yield return new("RFC 9110 5.6.2, obs-text", Line("G\xc9T / HTTP/1.1"), BadMethod);
        yield return new("RFC 9112 3, tab for space", Line("GET\t/\tHTTP/1.1"), BadMethod);
        yield return new("RFC 9112 3, vertical tab", Line("GET\v/ HTTP/1.1"), BadMethod);
        yield return new("RFC 9112 2.2, blank line first", " \r\n" + Line("GET / HTTP/1.1"), BadMethod);
        yield return new("RFC 9112 2.2, bare LF first", "\n" + Line("GET / HTTP/1.1"), BadMethod);
        yield return new("RFC 9112 2.2, bare CR first", "\r" + Line("GET / HTTP/1.1"), BadMethod);
        yield return new("RFC 9112 2.2, five empty lines", "\r\n\r\n\r\n\r\n\r\n" + Line("GET / HTTP/1.1"), BadMethod);
        yield return new("RFC 9112 3, only the method", "GET\r\n", BadMethod);
        yield return new("TLS on a plain port", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", BadMethod);
        yield return new("RFC 9112 3, two spaces", Line("GET  / HTTP/1.1"), BadRequestLine);
        yield return new("RFC 9112 3, no target", Line("GET HTTP/1.1"), BadRequestLine);
        yield return new("RFC 9112 3, HTTP/0.9", "GET /\r\n", BadRequestLine);
        yield return new("RFC 9112 3, HTTP/0.9 and bare LF", "GET /\n", BadRequestLine);
        yield return new("RFC 9112 3, two spaces before the version", Line("GET /  HTTP/1.1"), BadVersion);
        yield return new("RFC 9112 3.2, space in the target", Line("GET /a b HTTP/1.1"), BadVersion);
        yield return new("RFC 3986 3.5, fragment", Line("GET /a#b HTTP/1.1"), BadTarget);
        yield return new("RFC 3986 2, tab", Line("GET /a\tb HTTP/1.1"), BadTarget);
        yield return new("RFC 3986 2, NUL", Line("GET /a\0 HTTP/1.1"), BadTarget);
        yield return new("RFC 3986 2, DEL", Line("GET /a\x7f HTTP/1.1"), BadTarget);
        yield return new("RFC 3986 2, obs-text", Line("GET /\xc3\xa9 HTTP/1.1"), BadTarget);
        yield return new("HTTP Garden, 0xA0 is a space to some", Line("GET /\xa0HTTP/1.1 HTTP/1.1"), BadTarget);
        yield return new("RFC 9112 3.2, no form", Line("GET a/b HTTP/1.1"), BadTarget);
        yield return new("RFC 9112 3.2.3, authority form", Line("GET example.test:80 HTTP/1.1"), BadTarget);
        yield return new("RFC 9112 3.2.4, not OPTIONS", Line("GET * HTTP/1.1"), BadTarget);
        yield return new("RFC 9112 3.2.4, more than *", Line("OPTIONS *a HTTP/1.1"), BadTarget);
        yield return new("RFC 9112 3.2.2, another scheme", Line("GET ftp://example.test/ HTTP/1.1"), BadTarget);
        yield return new("RFC 9112 3.2.2, one slash", Line("GET http:/example.test/ HTTP/1.1"), BadTarget);
        yield return new("RFC 9110 4.2.1, no host", Line("GET http:///u HTTP/1.1"), BadHost);
        yield return new("RFC 9110 4.2.4, user information", Line("GET http://u@example.test/ HTTP/1.1"), BadHost);
        yield return new("RFC 9110 4.2.1, backslash", Line("GET http://a\\b/ HTTP/1.1"), BadHost);
        yield return new("RFC 9110 9.3.6", Line("CONNECT example.test:443 HTTP/1.1"), ConnectRefused);
        yield return new("RFC 9112 2.3, leading zero", Line("GET / HTTP/01.1"), BadVersion);
        yield return new("RFC 9112 2.3, no minor", Line("GET / HTTP/1"), BadVersion);
        yield return new("RFC 9112 2.3, junk", Line("GET / HTTP/1.1x"), BadVersion);
        yield return new("RFC 9112 2.3, two digits", Line("GET / HTTP/1.10"), BadVersion);
        yield return new("RFC 9112 2.3, case", Line("GET / http/1.1"), BadVersion);
        yield return new("RFC 9112 2.3, name", Line("GET / XTTP/1.1"), BadVersion);
        yield return new("RFC 9112 3, trailing space", Line("GET / HTTP/1.1 "), BadVersion);
        yield return new("RFC 9112 2.3, letter", Line("GET / HTTP/1.a"), BadVersion);
        yield return new("RFC 9110 15.6.6", Line("GET / HTTP/2.0"), UnsupportedVersion);
        yield return new("RFC 9110 15.6.6, HTTP/0.9", Line("GET / HTTP/0.9"), UnsupportedVersion);
        yield return new("RFC 9113 3.4, HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", BadTarget);
        yield return new("RFC 9112 2.2, bare LF", "GET / HTTP/1.1\n" + Host + "\r\n", BareLf);
        yield return new("RFC 9112 2.2, bare CR", "GET / HTTP/1.1\r" + Host + "\r\n", BareCr);
        yield return new("RFC 9112 3, over the limit", Line("GET /" + new string('u', (8 * 1024) - 13) + " HTTP/1.1"), RequestLineTooLong);
        yield return new("RFC 9112 3, method over the limit", new string('M', (8 * 1024) + 3), RequestLineTooLong);
    }

    public static IEnumerable<RequestCase> RejectedHeaders()
    {
        yield return new("RFC 9112 3.2, no Host", Head("X-A: 1"), MissingHost);
        yield return new("RFC 9112 3.2, no lines", "GET / HTTP/1.1\r\n\r\n", MissingHost);
        yield return new("RFC 9112 3.2, twice the same", HeadWithHost("Host: example.test"), SeveralHosts);
        yield return new("RFC 9112 3.2, twice in HTTP/1.0", "GET / HTTP/1.0\r\n" + Host + Host + "\r\n", SeveralHosts);
        yield return new("RFC 9110 7.2, user information", Head("Host: user@example.test"), BadHost);
        yield return new("RFC 9112 3.2, query", Head("Host: example.test?x"), BadHost);
        yield return new("RFC 9112 3.2, path", Head("Host: example.test/x"), BadHost);
        yield return new("RFC 9112 3.2, space", Head("Host: example.test x"), BadHost);
        yield return new("RFC 9112 3.2, obs-text", Head("Host: ex\xe4mple.test"), BadHost);
        yield return new("RFC 9112 3.2, bad value in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a b\r\n\r\n", BadHost);
        yield return new("RFC 9112 3.2, absolute form needs a valid Host too", "GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n", BadHost);
        yield return new("RFC 9112 5.1", HeadWithHost("X-A : 1"), SpaceBeforeColon);
        yield return new("RFC 9112 5.1, tab", HeadWithHost("X-A\t: 1"), SpaceBeforeColon);
        yield return new("RFC 9112 5.2", HeadWithHost("X-A: a", " b"), ObsFold);
        yield return new("RFC 9112 5.2, tab", HeadWithHost("X-A: a", "\tb: c"), ObsFold);
        yield return new("RFC 9112 5.2, empty", HeadWithHost("X-A: a", " "), ObsFold);
        yield return new("RFC 9112 2.2, before the first line", Head(" X-A: 1", "Host: example.test"), ObsFold);
        yield return new("CVE-2023-25725, empty name", HeadWithHost(": x"), BadFieldName);
        yield return new("RFC 9112 5, no colon", HeadWithHost("X-A"), BadFieldName);
        yield return new("RFC 9110 5.6.2, control in a name", HeadWithHost("X\x02: 1"), BadFieldName);
        yield return new("HTTP Garden, 0x85 behind a name", HeadWithHost("Content-Length\x85: 5"), BadFieldName);
        yield return new("HTTP Garden, 0xA0 behind a name", HeadWithHost("Transfer-Encoding\xa0: chunked"), BadFieldName);
        yield return new("RFC 9110 5.6.2, bracket", HeadWithHost("X[0]: 1"), BadFieldName);
        yield return new("RFC 9110 5.6.2, NUL", HeadWithHost("X\0: 1"), BadFieldName);
        yield return new("RFC 9110 5.5, NUL", HeadWithHost("X-A: a\0b"), BadFieldValue);
        yield return new("RFC 9110 5.5, control", HeadWithHost("Upgrade: web\x01socket"), BadFieldValue);
        yield return new("RFC 9110 5.5, DEL", HeadWithHost("X-A: \x7f"), BadFieldValue);
        yield return new("RFC 9112 2.2, CR before a hidden line", HeadWithHost("X-A: a\rContent-Length: 5"), BareCr);
        yield return new("RFC 9112 2.2, two CRs", HeadWithHost("X-A: a\r"), BareCr);
        yield return new("RFC 9112 2.2, LF before a hidden line", HeadWithHost("X-A: a\nX-B: b"), BareLf);
        yield return new("RFC 9112 2.2, LF CR", HeadWithHost("X-A: a\n\rX-B: b"), BareLf);
        yield return new("RFC 9112 2.2, LF for the name", HeadWithHost("X-A\n"), BareLf);
        yield return new("RFC 9112 2.2, LF for the empty line", "GET / HTTP/1.1\r\n" + Host + "\n", BareLf);
        yield return new("RFC 9112 2.2, CR for the empty line", "GET / HTTP/1.1\r\n" + Host + "\rX", BareCr);
        yield return new("RFC 6585 5, count", HeadWithHost([.. Enumerable.Range(0, 128).Select(n => $"X-{n}: {n}")]), TooManyHeaders);
        yield return new("RFC 6585 5, bytes", HeadWithHost("X: " + new string('v', (32 * 1024) - 20 - 4)), HeadersTooLarge);
        yield return new("RFC 6585 5, a line without end", "GET / HTTP/1.1\r\nX" + new string('-', 40_000), HeadersTooLarge);
        yield return new("RFC 9110 7.6.1, cost of nominations", HeadWithHost("Connection: " + string.Join(',', Enumerable.Range(0, 33))), TooManyConnectionOptions);
    }

    private static string Line(string line) => line + "\r\n" + Host + "\r\n";

    private static string Head(params string[] lines) => "GET / HTTP/1.1\r\n" + string.Join("\r\n", lines) + "\r\n\r\n";

    private static string HeadWithHost(params string[] lines) => Head(["Host: example.test", .. lines]);
}
