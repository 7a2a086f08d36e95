using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class MessageFramingTests
{
    [TestCaseSource(typeof(FramingCases), nameof(FramingCases.AcceptedRequests))]
    public void Request_body_ends_as_declared(string lines, BodyFraming expected)
    {
        var status = MessageFraming.DecideRequest(Request("1.1", lines), out var framing, out _);

        Assert.That((status, framing), Is.EqualTo((ParseStatus.Done, expected)));
    }

    [TestCaseSource(typeof(FramingCases), nameof(FramingCases.RejectedRequests))]
    public void Request_whose_end_is_doubtful_is_refused(string lines, RequestRejection expected)
    {
        var status = MessageFraming.DecideRequest(Request("1.1", lines), out _, out var reason);

        Assert.That((status, reason), Is.EqualTo((ParseStatus.Rejected, expected)));
    }

    [Test]
    public void Request_with_transfer_encoding_in_http_1_0_is_refused()
    {
        var head = Request("1.0", "Transfer-Encoding: chunked\r\n");

        var status = MessageFraming.DecideRequest(head, out _, out var reason);

        Assert.That((status, reason), Is.EqualTo((ParseStatus.Rejected, RequestRejection.TransferEncodingInHttp10)));
    }

    [TestCaseSource(typeof(FramingCases), nameof(FramingCases.AcceptedResponses))]
    public void Response_body_ends_as_declared(string input, KnownMethod method, BodyFraming expected)
    {
        var status = MessageFraming.DecideResponse(Response(input), method, out var framing, out _);

        Assert.That((status, framing), Is.EqualTo((ParseStatus.Done, expected)));
    }

    [TestCaseSource(typeof(FramingCases), nameof(FramingCases.RejectedResponses))]
    public void Response_whose_end_is_doubtful_is_refused(string input, ResponseRejection expected)
    {
        var status = MessageFraming.DecideResponse(
            Response(input), KnownMethod.Get, out _, out var reason);

        Assert.That((status, reason), Is.EqualTo((ParseStatus.Rejected, expected)));
    }

    [TestCase(BodyKind.None, -1, false)]
    [TestCase(BodyKind.None, 5, false)]
    [TestCase(BodyKind.Length, 0, false)]
    [TestCase(BodyKind.Length, 1, true)]
    [TestCase(BodyKind.Chunked, -1, true)]
    [TestCase(BodyKind.UntilClose, -1, true)]
    public void Framing_knows_whether_body_bytes_may_follow(BodyKind kind, long length, bool expected)
    {
        Assert.That(new BodyFraming(kind, length).HasBody, Is.EqualTo(expected));
    }

    private static RequestHead Request(string version, string lines)
    {
        var head = new RequestHead();
        var input = Latin1.Bytes($"POST / HTTP/{version}\r\nHost: h\r\n{lines}\r\n");
        var status = HeadParser.ParseRequest(input, HeadLimits.Default, head, out _, out var reason);
        Assert.That(status, Is.EqualTo(ParseStatus.Done), reason.ToString());
        return head;
    }

    private static ResponseHead Response(string input)
    {
        var head = new ResponseHead();
        HeadParser.ParseResponse(Latin1.Bytes(input), HeadLimits.Default, head, out _, out var reason);
        Assert.That(reason, Is.EqualTo(ResponseRejection.None));
        return head;
    }
}
