using WunderProxy.Forwarding.Http1;
using static WunderProxy.Forwarding.Http1.ChunkRejection;

namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>The conformance and attack table of chunked bodies.</summary>
internal static class ChunkedDecoderCases
{
    public static IEnumerable<ChunkedCase> Accepted()
    {
        yield return new("RFC 9112 7.1, empty", "0\r\n\r\n");
        yield return new("RFC 9112 7.1", "5\r\nhello\r\n0\r\n\r\n", "hello");
        yield return new("RFC 9112 7.1, several", "1\r\na\r\n2\r\nbc\r\n0003\r\ndef\r\n000\r\n\r\n", "abcdef");
        yield return new("RFC 9112 7.1, hexadecimal in both cases", "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n", "01234567890123456789a");
        yield return new("RFC 9112 7.1, data that looks like framing", "7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n\r\n");
        yield return new("RFC 9112 7.1, any bytes", "4\r\n\0\r\xff\n\r\n0\r\n\r\n", "\0\r\xff\n");
        yield return new("RFC 9112 7.1, 16 digits", "0000000000000002\r\nab\r\n0\r\n\r\n", "ab");
        yield return new("RFC 9112 7.1.1, name", "5;a\r\nhello\r\n0\r\n\r\n", "hello", "5\r\nhello\r\n0\r\n\r\n");
        yield return new("RFC 9112 7.1.1, name and value", "5;a=b;c=d\r\nhello\r\n0;x\r\n\r\n", "hello", "5\r\nhello\r\n0\r\n\r\n");
        yield return new("RFC 9112 7.1.1, quoted", "2;a=\"b;\\\"c\\\\\t\xff\"\r\nhi\r\n0\r\n\r\n", "hi", "2\r\nhi\r\n0\r\n\r\n");
        yield return new("RFC 9112 7.1.1, empty quoted", "2;a=\"\"\r\nhi\r\n0\r\n\r\n", "hi", "2\r\nhi\r\n0\r\n\r\n");
        yield return new("RFC 9112 7.1.1, BWS", "2 ;\ta = b\t; c\r\nhi\r\n0\r\n\r\n", "hi", "2\r\nhi\r\n0\r\n\r\n");
        yield return new("RFC 9112 7.1.1, longest", "2;" + new string('e', 255) + "\r\nhi\r\n0\r\n\r\n", "hi", "2\r\nhi\r\n0\r\n\r\n");
        yield return new("RFC 9112 7.1.2", "2\r\nhi\r\n0\r\nX-T: 1\r\nX-U:\r\n\r\n", "hi");
        yield return new("RFC 9110 6.5.1, framing", "2\r\nhi\r\n0\r\nContent-Length: 3\r\nX-T: 1\r\n\r\n", "hi", "2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n");
        yield return new("RFC 9110 6.5.1, all kinds", "0\r\nTransfer-Encoding: chunked\r\nX-1: 1\r\nHost: h\r\nSet-Cookie: a\r\nauthorization: b\r\nConnection: close\r\nX-2: 2\r\nTrailer: X\r\nContent-Type: a/b\r\nX-Forwarded-For: ::1\r\nWunderproxy-Fallback: v1\r\n\r\n", "", "0\r\nX-1: 1\r\nX-2: 2\r\n\r\n");
        yield return new("RFC 9110 6.5.1, who asked", "0\r\nX-1: 1\r\nForwarded: for=a\r\nX-Real-IP: a\r\nvia: 1.1 a\r\nTrue-Client-IP: a\r\nOrigin: a\r\nSec-Fetch-Site: none\r\nX-Remote-User: a\r\nWunderproxy-Secret: a\r\nProxy: a\r\nX_Forwarded_For: a\r\n\r\n", "", "0\r\nX-1: 1\r\n\r\n");
        yield return new("longest trailer line", "0\r\nX: " + new string('v', (8 * 1024) - 3) + "\r\n\r\n");
        yield return new("most trailers", "0\r\n" + string.Concat(Enumerable.Repeat("X: 1\r\n", 128)) + "\r\n");
    }

    public static IEnumerable<ChunkedCase> Rejected()
    {
        foreach (var size in new[] { "", "Z", "g5", "0x5", "+5", "-5", " 5", "\t5", ";a=b", "5.", "5,", "5z", "5\0", "\x85", "5\xa0", "\r\n5" })
        {
            yield return Bad("RFC 9112 7.1, size", size + "\r\nhello\r\n0\r\n\r\n", BadSize);
        }

        yield return Bad("RFC 9112 7.1, 17 digits", "00000000000000005\r\nhello\r\n0\r\n\r\n", SizeOverflow);
        yield return Bad("RFC 9112 7.1, 2^63", "8000000000000000\r\nhello\r\n0\r\n\r\n", SizeOverflow);
        yield return Bad("RFC 9112 7.1, 2^64 + 5", "10000000000000005\r\nhello\r\n0\r\n\r\n", SizeOverflow);
        yield return Bad("RFC 9112 7.1, endless", new string('f', 5000), SizeOverflow);
        foreach (var extension in new[] { "5 ", "5\t", "5 a=b", "5;", "5;;a", "5; ", "5;a=", "5;a=;b", "5;=b", "5;a=b c", "5;a ", "5;a=b ", "5;a=\"b", "5;a=\"b\"c", "5;a=\"\x7f\"", "5;a=\"\0\"", "5;\xff", "5;a=\"b\\" })
        {
            yield return Bad("RFC 9112 7.1.1", extension + "\r\nhello\r\n0\r\n\r\n", BadExtension);
        }

        yield return Bad("RFC 9112 7.1.1, too long", "5;" + new string('e', 256) + "\r\nhello\r\n0\r\n\r\n", ExtensionsTooLong);
        yield return Bad("RFC 9112 7.1.1, endless", "5;" + new string('e', 5000), ExtensionsTooLong);
        yield return Bad("RFC 9112 7.1.1, endless blanks", "5" + new string(' ', 5000), ExtensionsTooLong);
        yield return Bad("erratum 7633, LF behind a size", "5\nhello\r\n0\r\n\r\n", BareLineEnd);
        yield return Bad("erratum 7633, CR behind a size", "5\rhello\r\n0\r\n\r\n", BareLineEnd);
        yield return Bad("CVE-2025-22871, LF behind an extension", "5;a\nhello\r\n0\r\n\r\n", BareLineEnd);
        yield return Bad("CVE-2025-22871, LF behind a quoted value", "5;a=\"b\"\nhello\r\n0\r\n\r\n", BareLineEnd);
        yield return Bad("CVE-2025-22871, LF for a name", "5;\nhello\r\n0\r\n\r\n", BareLineEnd);
        yield return Bad("CVE-2025-55315, LF in a quoted value", "5;a=\"x\ny\"\r\nhello\r\n0\r\n\r\n", BareLineEnd);
        yield return Bad("CVE-2025-55315, CR in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n", BareLineEnd);
        yield return Bad("CVE-2025-55315, CR in a quoted value", "5;a=\"x\ry\"\r\nhello\r\n0\r\n\r\n", BadExtension);
        yield return Bad("RFC 9112 7.1, data too long", "3\r\nhello\r\n0\r\n\r\n", BadDataEnd);
        yield return Bad("RFC 9112 7.1, data too short", "6\r\nhello\r\n0\r\n\r\n", BadDataEnd);
        yield return Bad("erratum 7633, LF behind data", "5\r\nhello\n0\r\n\r\n", BadDataEnd);
        yield return Bad("RFC 9112 7.1, CR CR behind data", "5\r\nhello\r\r\n0\r\n\r\n", BadDataEnd);
        yield return Bad("RFC 9112 7.1, two line ends behind data", "5\r\nhello\r\n\r\n0\r\n\r\n", BadSize);
        yield return Bad("erratum 7633, LF for the empty line", "5\r\nhello\r\n0\r\n\n", BareLineEnd);
        yield return Bad("erratum 7633, CR for the empty line", "5\r\nhello\r\n0\r\n\rX", BareLineEnd);
        yield return Bad("RFC 9112 7.1.2, LF behind a trailer", "0\r\nX-T: 1\n\r\n", BareLineEnd);
        yield return Bad("RFC 9112 7.1.2, CR in a trailer", "0\r\nX-T: 1\rX\r\n\r\n", BareLineEnd);
        yield return Bad("RFC 9112 7.1.2, NUL", "0\r\nX-T: a\0b\r\n\r\n", BadTrailer);
        yield return Bad("RFC 9112 7.1.2, fold", "0\r\nX-T: a\r\n b\r\n\r\n", BadTrailer);
        yield return Bad("RFC 9112 7.1.2, space before colon", "0\r\nX-T : a\r\n\r\n", BadTrailer);
        yield return Bad("RFC 9112 7.1.2, a request", "0\r\nGET / HTTP/1.1\r\n\r\n", BadTrailer);
        yield return Bad("trailer line too long", "0\r\nX: " + new string('v', (8 * 1024) - 2) + "\r\n\r\n", TrailersTooLarge);
        yield return Bad("trailers too long", "0\r\n" + string.Concat(Enumerable.Repeat("X: " + new string('v', 6000) + "\r\n", 6)) + "\r\n", TrailersTooLarge);
        yield return Bad("too many trailers", "0\r\n" + string.Concat(Enumerable.Repeat("X: 1\r\n", 129)) + "\r\n", TrailersTooLarge);
        yield return Bad("too many forbidden trailers", "0\r\n" + string.Concat(Enumerable.Repeat("TE: 1\r\n", 129)) + "\r\n", TrailersTooLarge);
    }

    private static ChunkedCase Bad(string source, string input, ChunkRejection rejection) =>
        new(source, input, Rejection: rejection);
}
