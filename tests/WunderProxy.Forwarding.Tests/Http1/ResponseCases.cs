using static WunderProxy.Forwarding.Http1.ResponseRejection;

namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>The RFC conformance table of response heads.</summary>
internal static class ResponseCases
{
    public static IEnumerable<ResponseCase> Accepted()
    {
        yield return new("RFC 9112 4", Head("HTTP/1.1 200 OK", "Content-Length: 2"));
        yield return new("RFC 9112 4, empty reason", Head("HTTP/1.1 200 "));
        yield return new("RFC 9112 4, no space before no reason", Head("HTTP/1.1 200"));
        yield return new("RFC 9112 4, blanks and obs-text", Head("HTTP/1.1 200 all\tis w\xe9ll "));
        yield return new("RFC 9110 6.2, HTTP/1.0", Head("HTTP/1.0 404 Not Found"));
        yield return new("RFC 9110 2.5, a higher minor version", Head("HTTP/1.9 200 OK"));
        yield return new("RFC 9110 15, lowest", Head("HTTP/1.1 100 Continue"));
        yield return new("RFC 9110 15, unknown", Head("HTTP/1.1 299 Strange"));
        yield return new("beyond RFC 9110 15, kept for compatibility", Head("HTTP/1.1 999 Odd"));
        yield return new("RFC 9110 5.5, obs-text", Head("HTTP/1.1 200 OK", "X-A: \xff"));
        yield return new("RFC 9112 5, many lines", Head("HTTP/1.1 200 OK", [.. Enumerable.Range(0, 512).Select(n => $"X-{n}:")]));
        yield return new("exactly the limit", Head("HTTP/1.1 200 OK", "X: " + new string('v', (64 * 1024) - 22)));
    }

    public static IEnumerable<ResponseCase> Rejected()
    {
        yield return new("RFC 9112 2.3, name", Head("HTP/1.1 200 OK"), BadVersion);
        yield return new("RFC 9112 2.3, case", Head("http/1.1 200 OK"), BadVersion);
        yield return new("RFC 9112 2.3, major", Head("HTTP/2.0 200 OK"), BadVersion);
        yield return new("RFC 9112 4, tab", Head("HTTP/1.1\t200 OK"), BadVersion);
        yield return new("RFC 9112 2.2, empty line first", "\r\n" + Head("HTTP/1.1 200 OK"), BadVersion);
        yield return new("no HTTP at all", "SSH-2.0-OpenSSH_9.2p1\r\n", BadVersion);
        yield return new("RFC 9112 4, two spaces", Head("HTTP/1.1  200 OK"), BadStatus);
        yield return new("RFC 9112 4, negative", Head("HTTP/1.1 -200 OK"), BadStatus);
        yield return new("RFC 9112 4, two digits", Head("HTTP/1.1 20 OK"), BadStatus);
        yield return new("RFC 9112 4, four digits", Head("HTTP/1.1 2000 OK"), BadStatus);
        yield return new("RFC 9112 4, letters", Head("HTTP/1.1 abc OK"), BadStatus);
        yield return new("RFC 9110 15, below 100", Head("HTTP/1.1 099 OK"), BadStatus);
        yield return new("RFC 9110 15, zero", Head("HTTP/1.1 000 OK"), BadStatus);
        yield return new("RFC 9112 4, reason without space", Head("HTTP/1.1 200OK"), BadStatus);
        yield return new("RFC 9112 4, NUL in the reason", Head("HTTP/1.1 200 O\0K"), BadReason);
        yield return new("RFC 9112 2.2, CR in the reason", Head("HTTP/1.1 200 O\rK"), BareCr);
        yield return new("RFC 9112 2.2, LF behind the reason", "HTTP/1.1 200 OK\nX-A: 1\r\n\r\n", BareLf);
        yield return new("RFC 9112 2.2, LF behind the status", "HTTP/1.1 200\nX-A: 1\r\n\r\n", BareLf);
        yield return new("RFC 9112 2.2, CR in a value", Head("HTTP/1.1 200 OK", "X-A: a\rSet-Cookie: b"), BareCr);
        yield return new("RFC 9112 2.2, LF in a value", Head("HTTP/1.1 200 OK", "X-A: a\nSet-Cookie: b"), BareLf);
        yield return new("RFC 9112 5.2", Head("HTTP/1.1 200 OK", "X-A: a", " b"), ObsFold);
        yield return new("RFC 9112 5.1", Head("HTTP/1.1 200 OK", "X-A : a"), SpaceBeforeColon);
        yield return new("RFC 9112 5, no colon", Head("HTTP/1.1 200 OK", "X-A"), BadFieldName);
        yield return new("RFC 9110 5.5, NUL", Head("HTTP/1.1 200 OK", "X-A: \0"), BadFieldValue);
        yield return new("limit in bytes", Head("HTTP/1.1 200 OK", "X: " + new string('v', (64 * 1024) - 21)), HeadTooLarge);
        yield return new("limit in bytes, a reason without end", "HTTP/1.1 200 " + new string('r', 65 * 1024), HeadTooLarge);
        yield return new("limit in lines", Head("HTTP/1.1 200 OK", [.. Enumerable.Range(0, 513).Select(n => $"X-{n}:")]), TooManyHeaders);
        yield return new("RFC 9110 7.6.1, cost of nominations", Head("HTTP/1.1 200 OK", "Connection: " + string.Join(',', Enumerable.Range(0, 33))), TooManyConnectionOptions);
    }

    private static string Head(string statusLine, params string[] lines) =>
        statusLine + "\r\n" + string.Concat(lines.Select(line => line + "\r\n")) + "\r\n";
}
