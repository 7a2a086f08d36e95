namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>Whole requests with another one hidden inside; what must come out is one refusal or one clean request.</summary>
internal static class SmugglingCases
{
    private const string Hidden = "GET /smuggled HTTP/1.1\r\nHost: example.test\r\n\r\n";

    /// <summary>Source, request, and the name of the rejection.</summary>
    public static IEnumerable<TestCaseData> Refused()
    {
        yield return Row("CL.TE (PortSwigger 2019)", Post("Content-Length: 51\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + Hidden), "LengthAndTransferEncoding");
        yield return Row("TE.CL (PortSwigger 2019)", Post("Transfer-Encoding: chunked\r\nContent-Length: 4", "2e\r\n" + Hidden + "\r\n0\r\n\r\n"), "LengthAndTransferEncoding");
        yield return Row("TE.TE, tab before the colon", Post("Content-Length: 51\r\nTransfer-Encoding\t: chunked", "0\r\n\r\n" + Hidden), "SpaceBeforeColon");
        yield return Row("TE.TE, folded", Post("Content-Length: 51\r\nTransfer-Encoding:\r\n chunked", "0\r\n\r\n" + Hidden), "ObsFold");
        yield return Row("TE.TE, behind a bare LF", Post("Content-Length: 51\r\nX: a\nTransfer-Encoding: chunked", "0\r\n\r\n" + Hidden), "BareLf");
        yield return Row("TE.TE, behind a bare CR", Post("Content-Length: 51\r\nX: a\rTransfer-Encoding: chunked", "0\r\n\r\n" + Hidden), "BareCr");
        yield return Row("TE.TE, vertical tab", Post("Content-Length: 51\r\nTransfer-Encoding: \vchunked", "0\r\n\r\n" + Hidden), "BadFieldValue");
        yield return Row("TE.TE, NUL", Post("Content-Length: 51\r\nTransfer-Encoding: chunked\0", "0\r\n\r\n" + Hidden), "BadFieldValue");
        yield return Row("TE.TE, quoted", Post("Transfer-Encoding: \"chunked\"", "0\r\n\r\n" + Hidden), "BadTransferEncoding");
        yield return Row("TE.TE, identity behind", Post("Transfer-Encoding: chunked, identity", "0\r\n\r\n" + Hidden), "BadTransferEncoding");
        yield return Row("TE.TE, twice", Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: cow", "0\r\n\r\n" + Hidden), "BadTransferEncoding");
        yield return Row("TE.TE, HTTP Garden 0x85", Post("Content-Length: 51\r\nTransfer-Encoding\x85: chunked", "0\r\n\r\n" + Hidden), "BadFieldName");
        yield return Row("HTTP/1.0 with chunked (CVE-2026-2835 class)", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Hidden, "TransferEncodingInHttp10");
        yield return Row("CL.CL", Post("Content-Length: 0\r\nContent-Length: 46", Hidden), "SeveralContentLengths");
        yield return Row("CL.CL in one line", Post("Content-Length: 0, 46", Hidden), "BadContentLength");
        yield return Row("CL, sign", Post("Content-Length: +46", Hidden), "BadContentLength");
        yield return Row("CL, 64-bit wrap", Post("Content-Length: 18446744073709551616", Hidden), "BadContentLength");
        yield return Row("CL, empty (CVE-2023-40225)", Post("Content-Length:", Hidden), "BadContentLength");
        yield return Row("0.CL, space before the colon", Post("Content-Length : 46", Hidden), "SpaceBeforeColon");
        yield return Row("0.CL, hidden in front", "POST / HTTP/1.1\r\n Content-Length: 46\r\nHost: example.test\r\n\r\n" + Hidden, "ObsFold");
        yield return Row("empty header name (CVE-2023-25725)", Post(":\r\nContent-Length: 46", Hidden), "BadFieldName");
        yield return Row("funky chunks (CVE-2025-55315)", Post("Transfer-Encoding: chunked", "2;\nxx\r\n2e\r\n0\r\n\r\n" + Hidden), "BareLineEnd");
        yield return Row("chunk, LF ends the size (CVE-2025-22871)", Post("Transfer-Encoding: chunked", "0\n\r\n" + Hidden), "BareLineEnd");
        yield return Row("chunk, LF ends the data", Post("Transfer-Encoding: chunked", "1\r\nx\n0\r\n\r\n" + Hidden), "BadDataEnd");
        yield return Row("chunk, 32-bit wrap", Post("Transfer-Encoding: chunked", "10000000000000000\r\n\r\n" + Hidden), "SizeOverflow");
        yield return Row("chunk, 0x", Post("Transfer-Encoding: chunked", "0x2e\r\n" + Hidden + "\r\n0\r\n\r\n"), "BadSize");
        yield return Row("chunk, request for a trailer", Post("Transfer-Encoding: chunked", "0\r\n" + Hidden), "BadTrailer");
        yield return Row("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "SeveralHosts");
        yield return Row("host split by user information", "GET http://a@b/ HTTP/1.1\r\nHost: a\r\n\r\n", "BadHost");
        yield return Row("CRLF in the target", "GET /\r\nX: HTTP/1.1\r\nHost: a\r\n\r\n", "BadRequestLine");
    }

    /// <summary>Source, request, and how many bytes of it belong to the first message.</summary>
    public static IEnumerable<TestCaseData> TakenWhole()
    {
        yield return Taken("CL.0, a body is no request", Post("Content-Length: 46", Hidden), "");
        yield return Taken("TE.0, a body is no request", Post("Transfer-Encoding: chunked", "2e\r\n" + Hidden + "\r\n0\r\n\r\n"), "");
        yield return Taken("RFC 9112 6.3 rule 7, no body without a length", Post("X-A: 1", ""), Hidden);
        yield return Taken("RFC 9112 7.1, the next request starts behind the last chunk", Post("Transfer-Encoding: chunked", "0\r\nX-T: 1\r\n\r\n"), Hidden);
    }

    private static string Post(string lines, string body) =>
        $"POST / HTTP/1.1\r\nHost: example.test\r\n{lines}\r\n\r\n{body}";

    private static TestCaseData Row(string source, string input, string rejection) =>
        new TestCaseData(input, rejection).SetArgDisplayNames(source);

    private static TestCaseData Taken(string source, string message, string next) =>
        new TestCaseData(message, next).SetArgDisplayNames(source);
}
