using WunderProxy.Forwarding.Http1;
using static WunderProxy.Forwarding.Http1.RequestRejection;

namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>How bodies end, or why a message has no end that all would agree on.</summary>
internal static class FramingCases
{
    private static readonly BodyFraming Of5 = new(BodyKind.Length, 5);

    public static IEnumerable<TestCaseData> AcceptedRequests()
    {
        yield return Accept("RFC 9112 6.3 rule 7", "", BodyFraming.None);
        yield return Accept("RFC 9112 6.3 rule 6", "Content-Length: 5\r\n", Of5);
        yield return Accept("RFC 9112 6.3 rule 6, blanks", "Content-Length:\t 5 \t\r\n", Of5);
        yield return Accept("RFC 9110 8.6, leading zeros", "Content-Length: 0005\r\n", Of5);
        yield return Accept("RFC 9110 8.6, zero", "content-length: 0\r\n", new BodyFraming(BodyKind.Length, 0));
        yield return Accept("RFC 9110 8.6, largest", "Content-Length: 9223372036854775807\r\n", new BodyFraming(BodyKind.Length, long.MaxValue));
        yield return Accept("RFC 9112 6.3 rule 4", "Transfer-Encoding: chunked\r\n", BodyFraming.Chunked);
        yield return Accept("RFC 9112 7, case", "transfer-encoding: ChunKED\r\n", BodyFraming.Chunked);
        yield return Accept("RFC 9112 5.1, tab before the value", "Transfer-Encoding:\tchunked \r\n", BodyFraming.Chunked);
        yield return Accept("a nominated framing header stays", "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n", BodyFraming.Chunked);
        yield return Accept("a nominated framing header stays", "Connection: content-length\r\nContent-Length: 5\r\n", Of5);
    }

    public static IEnumerable<TestCaseData> RejectedRequests()
    {
        foreach (var value in new[] { "", "+5", "-5", "5.0", "5e0", "0x5", "0_5", "5,", "5, 5", "5 5", "\"5\"", "5;a=b", "five", "\xff5", "9223372036854775808", "18446744073709551621", new string('1', 400) })
        {
            yield return Reject("RFC 9112 6.3 rule 5", $"Content-Length: {value}\r\n", BadContentLength);
        }

        yield return Reject("RFC 9112 6.3 rule 5, differing", "Content-Length: 5\r\nX-A: 1\r\nContent-Length: 0\r\n", SeveralContentLengths);
        yield return Reject("RFC 9112 6.3 rule 5, equal", "Content-Length: 5\r\nContent-Length: 5\r\n", SeveralContentLengths);
        yield return Reject("CL.TE; RFC 9112 6.3 rule 3", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", LengthAndTransferEncoding);
        yield return Reject("TE.CL; RFC 9112 6.3 rule 3", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", LengthAndTransferEncoding);
        yield return Reject("CL.TE, unknown coding", "Content-Length: 5\r\nTransfer-Encoding: x\r\n", LengthAndTransferEncoding);
        yield return Reject("TE.TE, two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", BadTransferEncoding);
        yield return Reject("TE.TE, two lines", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", BadTransferEncoding);
        yield return Reject("TE.TE, two lines that would pass alone", "Transfer-Encoding: gzip, chunked\r\nTransfer-Encoding: gzip, chunked\r\n", BadTransferEncoding);
        yield return Reject("TE.TE, empty line", "Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n", BadTransferEncoding);
        foreach (var value in new[] { "", "identity", "chunk", "xchunked", "chunkedx", "chunked, identity", "chunked, chunked", "chunked,", ",chunked", " , chunked", ", ,chunked", "\"chunked\"", "'chunked'", "chunked;q=1", "chunked;", "chunked chunked", "\xff" + "chunked", "chunked\xa0", "gzip", "ch\tunked", "g z, chunked", "chunked, gzip, chunked" })
        {
            yield return Reject("TE.TE; RFC 9112 6.3 rule 4", $"Transfer-Encoding: {value}\r\n", BadTransferEncoding);
        }

        yield return Reject("RFC 9112 6.1", "Transfer-Encoding: gzip, chunked\r\n", UnknownTransferCoding);
        yield return Reject("RFC 9112 6.1", "Transfer-Encoding: gzip , br,\tChunked\r\n", UnknownTransferCoding);
    }

    public static IEnumerable<TestCaseData> AcceptedResponses()
    {
        yield return Response("rule 8", "200 OK", "", KnownMethod.Get, BodyFraming.UntilClose);
        yield return Response("rule 6", "200 OK", "Content-Length: 5\r\n", KnownMethod.Get, Of5);
        yield return Response("rule 5, equal lengths count as one", "200 OK", "Content-Length: 5\r\nContent-Length: 05\r\n", KnownMethod.Get, Of5);
        yield return Response("rule 4", "200 OK", "Transfer-Encoding: chunked\r\n", KnownMethod.Post, BodyFraming.Chunked);
        yield return Response("rule 1, HEAD keeps the length", "200 OK", "Content-Length: 5\r\n", KnownMethod.Head, new BodyFraming(BodyKind.None, 5));
        yield return Response("rule 1, HEAD without length", "200 OK", "", KnownMethod.Head, BodyFraming.None);
        yield return Response("rule 1, HEAD of a chunked one", "200 OK", "Transfer-Encoding: chunked\r\n", KnownMethod.Head, BodyFraming.None);
        yield return Response("rule 1, 304 keeps the length", "304 Not Modified", "Content-Length: 5\r\n", KnownMethod.Get, new BodyFraming(BodyKind.None, 5));
        yield return Response("rule 1, 204; RFC 9110 8.6", "204 No Content", "Content-Length: 5\r\n", KnownMethod.Get, BodyFraming.None);
        yield return Response("rule 1, 204 chunked", "204 No Content", "Transfer-Encoding: chunked\r\n", KnownMethod.Get, BodyFraming.None);
        yield return Response("rule 1, interim with a length (nginx issue 1427)", "100 Continue", "Content-Length: 60\r\n", KnownMethod.Get, BodyFraming.None);
        yield return Response("rule 1, 101", "101 Switching Protocols", "", KnownMethod.Get, BodyFraming.None);
        yield return Response("RFC 9110 15.3.6, 205 is framed like others", "205 Reset Content", "Content-Length: 0\r\n", KnownMethod.Post, new BodyFraming(BodyKind.Length, 0));
        yield return Response("rule 8, 999", "999 Odd", "", KnownMethod.Get, BodyFraming.UntilClose);
    }

    public static IEnumerable<TestCaseData> RejectedResponses()
    {
        yield return BadResponse("HTTP/1.1", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", ResponseRejection.LengthAndTransferEncoding);
        yield return BadResponse("HTTP/1.1", "Content-Length: 5\r\nContent-Length: 6\r\n", ResponseRejection.ConflictingContentLengths);
        yield return BadResponse("HTTP/1.1", "Content-Length: 0\r\nContent-Length: 6\r\n", ResponseRejection.ConflictingContentLengths);
        yield return BadResponse("HTTP/1.1", "Content-Length:\r\n", ResponseRejection.BadContentLength);
        yield return BadResponse("HTTP/1.1", "Content-Length: 5, 5\r\n", ResponseRejection.BadContentLength);
        yield return BadResponse("HTTP/1.1", "Content-Length: -1\r\n", ResponseRejection.BadContentLength);
        yield return BadResponse("HTTP/1.1", "Content-Length: 9223372036854775808\r\n", ResponseRejection.BadContentLength);
        yield return BadResponse("HTTP/1.1", "Content-Length: 5\r\nContent-Length: x\r\n", ResponseRejection.BadContentLength);
        yield return BadResponse("HTTP/1.1", "Transfer-Encoding: gzip, chunked\r\n", ResponseRejection.BadTransferEncoding);
        yield return BadResponse("HTTP/1.1", "Transfer-Encoding: identity\r\n", ResponseRejection.BadTransferEncoding);
        yield return BadResponse("HTTP/1.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ResponseRejection.BadTransferEncoding);
        yield return BadResponse("HTTP/1.0", "Transfer-Encoding: chunked\r\n", ResponseRejection.TransferEncodingInHttp10);
    }

    private static TestCaseData Accept(string source, string lines, BodyFraming framing) =>
        new TestCaseData(lines, framing).SetArgDisplayNames(source, Latin1.Escape(lines));

    private static TestCaseData Reject(string source, string lines, RequestRejection rejection) =>
        new TestCaseData(lines, rejection).SetArgDisplayNames(source, Latin1.Escape(lines));

    private static TestCaseData Response(string source, string status, string lines, KnownMethod method, BodyFraming framing) =>
        new TestCaseData($"HTTP/1.1 {status}\r\n{lines}\r\n", method, framing).SetArgDisplayNames(source, status, Latin1.Escape(lines), method.ToString());

    private static TestCaseData BadResponse(string version, string lines, ResponseRejection rejection) =>
        new TestCaseData($"{version} 200 OK\r\n{lines}\r\n", rejection).SetArgDisplayNames(version, Latin1.Escape(lines));
}
