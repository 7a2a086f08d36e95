using System.Buffers;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class ResponseHeadTests
{
    private static readonly HeadLimits Limits = HeadLimits.Default;

    [TestCaseSource(typeof(ResponseCases), nameof(ResponseCases.Accepted))]
    public void Accepted_head_is_complete_at_its_last_byte_and_not_before(ResponseCase row)
    {
        var input = Latin1.Bytes(row.Input);
        var head = new ResponseHead();

        for (var length = 0; length < input.Length; length++)
        {
            var early = HeadParser.ParseResponse(input.AsSpan(0, length), Limits, head, out var taken, out _);
            if (early != ParseStatus.NeedMore || taken != 0)
            {
                Assert.Fail($"{early} with {taken} consumed at {length} bytes");
            }
        }

        byte[] withNext = [.. input, .. "body"u8];
        var status = HeadParser.ParseResponse(withNext, Limits, head, out var consumed, out var reason);

        Assert.That((status, consumed, reason), Is.EqualTo((ParseStatus.Done, input.Length, ResponseRejection.None)));
    }

    [TestCaseSource(typeof(ResponseCases), nameof(ResponseCases.Rejected))]
    public void Rejected_head_is_refused_for_the_same_reason_at_any_split(ResponseCase row)
    {
        var input = Latin1.Bytes(row.Input);
        var head = new ResponseHead();
        var isRejected = false;

        for (var length = 0; length <= input.Length; length++)
        {
            var status = HeadParser.ParseResponse(
                input.AsSpan(0, length), Limits, head, out var consumed, out var reason);
            var wasRejected = isRejected;
            isRejected = status == ParseStatus.Rejected;
            if (consumed != 0 || status == ParseStatus.Done || (wasRejected && !isRejected)
                || reason != (isRejected ? row.Rejection : ResponseRejection.None))
            {
                Assert.Fail($"{status} for {reason} with {consumed} consumed at {length} bytes");
            }
        }

        Assert.That(isRejected, Is.True);
    }

    [TestCase("HTTP/1.1 200 OK", 200, "OK", false, false)]
    [TestCase("HTTP/1.1 204", 204, "", false, false)]
    [TestCase("HTTP/1.1 103 Early Hints", 103, "Early Hints", true, false)]
    [TestCase("HTTP/1.1 101 Switching Protocols", 101, "Switching Protocols", false, true)]
    public void Status_line_is_read(string line, int code, string phrase, bool isInterim, bool isSwitching)
    {
        var head = new ResponseHead();

        HeadParser.ParseResponse(Latin1.Bytes(line + "\r\n\r\n"), Limits, head, out _, out _);

        Assert.Multiple(() =>
        {
            Assert.That(head.StatusCode, Is.EqualTo(code));
            Assert.That(Latin1.Text(head.ReasonPhrase), Is.EqualTo(phrase));
            Assert.That((head.IsInterim, head.IsSwitchingProtocols), Is.EqualTo((isInterim, isSwitching)));
        });
    }

    [Test]
    public void Interim_response_is_followed_by_the_final_one_in_the_same_head()
    {
        var input = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.0 200 OK\r\n\r\n"u8;
        var head = new ResponseHead();
        HeadParser.ParseResponse(input, Limits, head, out var consumed, out _);

        var status = HeadParser.ParseResponse(input[consumed..], Limits, head, out _, out _);

        Assert.That((status, head.StatusCode, head.Fields.Length, head.MinorVersion), Is.EqualTo((ParseStatus.Done, 200, 0, 0)));
    }

    [Test]
    public void Line_that_is_appended_is_written_and_one_that_is_left_out_is_not()
    {
        var head = Parse("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nA: b\r\n\r\n");

        head.LeaveOut(0);
        head.Append(HeaderName.ETag, "W/"u8, head.ValueOf(HeaderName.ETag));
        head.Append(HeaderName.Vary, "Accept-Encoding"u8);

        Assert.That(Written(head), Is.EqualTo("A: b\r\nETag: W/\"1\"\r\nVary: Accept-Encoding\r\n"));
        Assert.That((head.Count(HeaderName.ETag), head.Has(HeaderName.Vary)), Is.EqualTo((2, true)));
    }

    [Test]
    public void Lines_may_be_appended_beyond_the_memory_of_the_head()
    {
        var head = Parse("HTTP/1.1 200 OK\r\nETag: \"1\"\r\n\r\n");

        for (var i = 0; i < 500; i++)
        {
            head.Append(HeaderName.ETag, "W/"u8, head.ValueOf(HeaderName.ETag));
        }

        Assert.That(Written(head), Is.EqualTo("ETag: \"1\"\r\n" + string.Concat(Enumerable.Repeat("ETag: W/\"1\"\r\n", 500))));
    }

    [Test]
    public void Nothing_that_was_appended_is_in_the_next_head()
    {
        var head = Parse("HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
        head.Append(HeaderName.Vary, "Accept-Encoding"u8);
        head.Reset();

        HeadParser.ParseResponse("HTTP/1.1 200 OK\r\n\r\n"u8, Limits, head, out _, out _);

        Assert.That((Written(head), head.Has(HeaderName.Vary)), Is.EqualTo(("", false)));
    }

    private static ResponseHead Parse(string text)
    {
        var head = new ResponseHead();
        HeadParser.ParseResponse(Latin1.Bytes(text), Limits, head, out _, out _);
        return head;
    }

    private static string Written(ResponseHead head)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new HeadWriter(output);
        writer.Fields(head, HeaderFlags.LeftOut);
        writer.Flush();
        return Latin1.Text(output.WrittenSpan);
    }
}
