using static WunderProxy.IntegrationTests.Differential.Agreement;
using static WunderProxy.IntegrationTests.Differential.RequestRows;

namespace WunderProxy.IntegrationTests.Differential;

/// <summary>The part of the table that is about bodies and how they end.</summary>
internal static class RequestBodyRows
{
    public static IEnumerable<RequestRow> Bodies => [.. Lengths, .. Chunks];

    private static RequestRow[] Lengths =>
    [
        Forwarded("length of a binary body",
            Head("POST /", "Content-Length: 256") + string.Concat(Enumerable.Range(0, 256).Select(i => (char)i))),
        Forwarded("length of 300000", Head("POST /", "Content-Length: 300000") + new string('b', 300_000)),
        Forwarded("length with leading zeros", Head("POST /", "Content-Length: 003") + "abc"),
        Forwarded("length with white space", Head("POST /", "Content-Length: \t3 ") + "abc",
            Haproxy, "white space is no part of a value (RFC 9110 section 5.5); nginx does not know the tab"),
        Refused("negative length", Head("POST /", "Content-Length: -3") + "abc"),
        Refused("length with a sign", Head("POST /", "Content-Length: +3") + "abc"),
        Refused("hexadecimal length", Head("POST /", "Content-Length: 0x3") + "abc"),
        Refused("empty length", Head("POST /", "Content-Length:") + "abc"),
        Refused("length beyond 64 bits", Head("POST /", "Content-Length: 18446744073709551619") + "abc",
            Nginx, "no number that anyone can hold (RFC 9110 section 8.6); HAProxy passes it on"),
        Refused("two different lengths", Head("POST /", "Content-Length: 3", "Content-Length: 4") + "abcd"),
        Refused("two equal lengths", Head("POST /", "Content-Length: 3", "Content-Length: 3") + "abc",
            Nginx, "may be taken as one, or refused (RFC 9110 section 8.6)"),
        Refused("list of different lengths", Head("POST /", "Content-Length: 3, 4") + "abcd"),
        Refused("list of equal lengths", Head("POST /", "Content-Length: 3, 3") + "abc",
            Nginx, "may be taken as one, or refused (RFC 9110 section 8.6)"),
        Refused("length of two numbers", Head("POST /", "Content-Length: 3 4") + "abcd"),
        Refused("length with a fraction", Head("POST /", "Content-Length: 3.0") + "abc"),
        Refused("length and chunked", Head("POST /", "Content-Length: 3", "Transfer-Encoding: chunked") + "0\r\n\r\n",
            Nginx, "may be refused, and is how requests are smuggled (RFC 9112 section 6.3 rule 3)"),
        Refused("chunked and length", Head("POST /", "Transfer-Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n",
            Nginx, "may be refused, and is how requests are smuggled (RFC 9112 section 6.3 rule 3)"),
    ];

    private static RequestRow[] Chunks =>
    [
        Forwarded("one chunk", Chunked("3\r\nabc\r\n0\r\n\r\n")),
        Forwarded("several chunks", Chunked("3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n")),
        Forwarded("no chunk", Chunked("0\r\n\r\n")),
        Forwarded("hexadecimal in both cases", Chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n")),
        Forwarded("leading zeros", Chunked("0003\r\nabc\r\n000\r\n\r\n")),
        Forwarded("chunk of 100000", Chunked("186A0\r\n" + new string('c', 100_000) + "\r\n0\r\n\r\n")),
        Forwarded("extension", Chunked("3;a=b\r\nabc\r\n0\r\n\r\n")),
        Forwarded("quoted extension", Chunked("3;a=\"b;c\"\r\nabc\r\n0\r\n\r\n")),
        Forwarded("trailer", Chunked("3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n")),
        Forwarded("coding in upper case", Head("POST /", "Transfer-Encoding: CHUNKED") + "3\r\nabc\r\n0\r\n\r\n"),
        Forwarded("size of 16 digits", Chunked("0000000000000003\r\nabc\r\n0\r\n\r\n")),
        Forwarded("several extensions", Chunked("3;a;b=c;d=\"e\"\r\nabc\r\n0;f\r\n\r\n")),
        Forwarded("white space before an extension", Chunked("3 ;a\r\nabc\r\n0\r\n\r\n")),
        Forwarded("many small chunks", Chunked(string.Concat(Enumerable.Repeat("1\r\nx\r\n", 500)) + "0\r\n\r\n")),
        Forwarded("trailer about framing", Chunked("3\r\nabc\r\n0\r\nContent-Length: 5\r\n\r\n")),
        Refused("trailer without a colon", Chunked("3\r\nabc\r\n0\r\nX-T\r\n\r\n"),
            Haproxy, "no field line (RFC 9112 section 7.1.2); nginx reads over trailers"),
        Refused("trailer with a space before the colon", Chunked("3\r\nabc\r\n0\r\nX-T : 1\r\n\r\n"),
            Neither, "no field line (RFC 9112 section 5.1); nginx reads over trailers, HAProxy passes it on"),
        Refused("trailer with a NUL", Chunked("3\r\nabc\r\n0\r\nX-T: a\0b\r\n\r\n"),
            Neither, "refused like any field (RFC 9110 section 5.5); nginx reads over trailers, HAProxy passes it on"),
        Refused("last line that ends with LF only", Chunked("3\r\nabc\r\n0\r\n\n"),
            Neither, "LF alone ends no chunked body (RFC 9112 section 7.1)"),
        Refused("size with an underscore", Chunked("1_0\r\n0123456789abcdef\r\n0\r\n\r\n")),
        Refused("size that is no number", Chunked("x\r\nabc\r\n0\r\n\r\n")),
        Refused("empty size", Chunked("\r\nabc\r\n0\r\n\r\n")),
        Refused("negative size", Chunked("-3\r\nabc\r\n0\r\n\r\n")),
        Refused("size with 0x", Chunked("0x3\r\nabc\r\n0\r\n\r\n")),
        Refused("size beyond 64 bits", Chunked("10000000000000003\r\nabc\r\n0\r\n\r\n")),
        Refused("chunk longer than its size", Chunked("3\r\nabcd\r\n0\r\n\r\n")),
        Refused("space before the size", Chunked(" 3\r\nabc\r\n0\r\n\r\n")),
        Refused("space behind the size", Chunked("3 \r\nabc\r\n0\r\n\r\n"),
            Neither, "not in the grammar of a chunk (RFC 9112 section 7.1)"),
        Refused("size line that ends with LF only", Chunked("3\nabc\r\n0\r\n\r\n"),
            Neither, "LF alone ends no line of a chunk (RFC 9112 section 7.1, erratum 7633)"),
        Refused("data that end with LF only", Chunked("3\r\nabc\n0\r\n\r\n"),
            Neither, "LF alone ends no chunk (RFC 9112 section 7.1, erratum 7633)"),
        Refused("bare CR in an extension", Chunked("3;a\rb\r\nabc\r\n0\r\n\r\n")),
        Refused("unknown coding", Head("POST /", "Transfer-Encoding: x") + "abc"),
        Refused("identity", Head("POST /", "Transfer-Encoding: identity") + "abc"),
        Refused("chunked twice in a list", Head("POST /", "Transfer-Encoding: chunked, chunked") + "0\r\n\r\n"),
        Refused("chunked twice in two lines",
            Head("POST /", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        Refused("chunked before another coding", Head("POST /", "Transfer-Encoding: chunked, gzip") + "0\r\n\r\n"),
        Refused("gzip before chunked", Head("POST /", "Transfer-Encoding: gzip, chunked") + "0\r\n\r\n"),
        Refused("coding with a control", Head("POST /", "Transfer-Encoding: \u000bchunked") + "0\r\n\r\n"),
        Refused("quoted coding", Head("POST /", "Transfer-Encoding: \"chunked\"") + "0\r\n\r\n"),
        Refused("empty coding", Head("POST /", "Transfer-Encoding:") + "0\r\n\r\n"),
    ];

    private static string Chunked(string body) => Head("POST /", "Transfer-Encoding: chunked") + body;
}
