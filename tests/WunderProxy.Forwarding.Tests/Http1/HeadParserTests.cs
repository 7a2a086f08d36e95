using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class HeadParserTests
{
    private static readonly HeadLimits Limits = HeadLimits.Default;

    [TestCaseSource(typeof(HeadParserCases), nameof(HeadParserCases.Accepted))]
    public void Accepted_head_is_complete_at_its_last_byte_and_not_before(RequestCase row)
    {
        var input = Latin1.Bytes(row.Input);
        var head = new RequestHead();

        for (var length = 0; length < input.Length; length++)
        {
            var early = HeadParser.ParseRequest(input.AsSpan(0, length), Limits, head, out var taken, out _);
            if (early != ParseStatus.NeedMore || taken != 0)
            {
                Assert.Fail($"{early} with {taken} consumed at {length} bytes");
            }
        }

        byte[] withNext = [.. input, .. "GET /next HTTP/1.1\r\n\r\n"u8];
        var status = HeadParser.ParseRequest(withNext, Limits, head, out var consumed, out var reason);

        Assert.That((status, consumed, reason), Is.EqualTo((ParseStatus.Done, input.Length, RequestRejection.None)));
    }

    [TestCaseSource(typeof(HeadParserCases), nameof(HeadParserCases.RejectedRequestLines))]
    [TestCaseSource(typeof(HeadParserCases), nameof(HeadParserCases.RejectedHeaders))]
    public void Rejected_head_is_refused_for_the_same_reason_at_any_split(RequestCase row)
    {
        var input = Latin1.Bytes(row.Input);
        var head = new RequestHead();
        var isRejected = false;

        for (var length = 0; length <= input.Length; length++)
        {
            var status = HeadParser.ParseRequest(
                input.AsSpan(0, length), Limits, head, out var consumed, out var reason);
            var wasRejected = isRejected;
            isRejected = status == ParseStatus.Rejected;
            if (consumed != 0 || status == ParseStatus.Done || (wasRejected && !isRejected)
                || reason != (isRejected ? row.Rejection : RequestRejection.None))
            {
                Assert.Fail($"{status} for {reason} with {consumed} consumed at {length} bytes");
            }
        }

        Assert.That(isRejected, Is.True);
    }

    // Named: a runner loses a test whose name has a control character.
    [TestCase("G\x01", RequestRejection.BadMethod, TestName = "Bad_request_line_is_refused_before_the_head_is_complete(control)")]
    [TestCase("GET /\x7f", RequestRejection.BadTarget)]
    [TestCase("GET * ", RequestRejection.BadTarget)]
    [TestCase("GET / HTTX", RequestRejection.BadVersion)]
    [TestCase("GET / HTTP/1.1\n", RequestRejection.BareLf)]
    public void Bad_request_line_is_refused_before_the_head_is_complete(string start, RequestRejection expected)
    {
        var status = HeadParser.ParseRequest(
            Latin1.Bytes(start), Limits, new RequestHead(), out _, out var reason);

        Assert.That((status, reason), Is.EqualTo((ParseStatus.Rejected, expected)));
    }

    [TestCase("GET http://a.test/u?q HTTP/1.1", TargetForm.Absolute, "/u?q", "a.test")]
    [TestCase("GET http://a.test:81?q HTTP/1.1", TargetForm.Absolute, "/?q", "a.test:81")]
    [TestCase("GET http://a.test HTTP/1.1", TargetForm.Absolute, "/", "a.test")]
    [TestCase("OPTIONS https://a.test HTTP/1.1", TargetForm.Absolute, "*", "a.test")]
    [TestCase("OPTIONS https://a.test?q HTTP/1.1", TargetForm.Absolute, "/?q", "a.test")]
    [TestCase("OPTIONS * HTTP/1.1", TargetForm.Asterisk, "*", "example.test")]
    [TestCase("GET /a/../b?c HTTP/1.1", TargetForm.Origin, "/a/../b?c", "example.test")]
    [TestCase("GET /http://a.test/ HTTP/1.1", TargetForm.Origin, "/http://a.test/", "example.test")]
    public void Target_is_split_for_the_origin_server(string line, TargetForm form, string target, string host)
    {
        var head = Parse(line + "\r\nHost: example.test\r\n\r\n");

        Assert.Multiple(() =>
        {
            Assert.That(head.TargetForm, Is.EqualTo(form));
            Assert.That(Latin1.Text(head.Target), Is.EqualTo(line.Split(' ')[1]));
            Assert.That(Latin1.Text(head.OriginTarget), Is.EqualTo(target));
            Assert.That(Latin1.Text(head.EffectiveHost), Is.EqualTo(host));
            Assert.That(Latin1.Text(head.Host), Is.EqualTo("example.test"));
            Assert.That(Latin1.Text(head.Authority), Is.EqualTo(form == TargetForm.Absolute ? host : ""));
        });
    }

    [Test]
    public void Head_keeps_a_copy_of_its_bytes()
    {
        var input = "\r\nGET /a HTTP/1.1\r\nHost: h\r\nX-A:  1 \r\n\r\n"u8.ToArray();
        var head = new RequestHead();
        HeadParser.ParseRequest(input, Limits, head, out _, out _);

        Array.Clear(input);

        Assert.Multiple(() =>
        {
            Assert.That(Latin1.Text(head.Bytes), Is.EqualTo("GET /a HTTP/1.1\r\nHost: h\r\nX-A:  1 \r\n\r\n"));
            Assert.That(Latin1.Text(head.Method), Is.EqualTo("GET"));
            Assert.That(Latin1.Text(head.NameOf(head.Fields[1])), Is.EqualTo("X-A"));
            Assert.That(Latin1.Text(head.ValueOf(head.Fields[1])), Is.EqualTo("1"));
        });
    }

    [Test]
    public void Head_is_reused_without_a_trace_of_the_message_before()
    {
        var head = new RequestHead();
        var first = Latin1.Bytes("POST http://a/ HTTP/1.1\r\nHost: h\r\nConnection: close, upgrade\r\nUpgrade: x\r\nExpect: 100-continue\r\n\r\n");
        HeadParser.ParseRequest(first, Limits, head, out _, out _);
        Assert.That((head.WantsUpgrade, head.Expects100Continue, head.KeepAlive), Is.EqualTo((true, true, false)));

        HeadParser.ParseRequest("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"u8, Limits, head, out _, out _);

        Assert.Multiple(() =>
        {
            Assert.That(head.KnownMethod, Is.EqualTo(KnownMethod.Get));
            Assert.That(head.Fields.Length, Is.EqualTo(1));
            Assert.That((head.WantsUpgrade, head.Expects100Continue, head.KeepAlive), Is.EqualTo((false, false, true)));
            Assert.That(head.EffectiveHost.IsEmpty, Is.True);
            Assert.That(head.Has(HeaderName.Upgrade), Is.False);
        });
    }

    [Test]
    public void Reset_twice_gives_the_memory_back_once()
    {
        var head = Parse("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

        head.Reset();
        head.Reset();

        Assert.That((head.Bytes.Length, head.Fields.Length, head.MinorVersion), Is.EqualTo((0, 0, 0)));
    }

    [Test]
    public void Head_with_many_lines_does_not_keep_its_large_table()
    {
        var head = Parse("GET / HTTP/1.1\r\nHost: h\r\n" + string.Concat(Enumerable.Range(0, 100).Select(n => $"X-{n}: {n}\r\n")) + "\r\n");
        Assert.That(Latin1.Text(head.ValueOf(head.Fields[100])), Is.EqualTo("99"));

        head.Reset();
        HeadParser.ParseRequest("GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8, Limits, head, out _, out _);

        Assert.That(head.Fields.Length, Is.EqualTo(1));
    }

    [Test]
    public void Steady_state_allocates_nothing()
    {
        var input = "GET /a HTTP/1.1\r\nHost: h\r\nAccept: */*\r\nConnection: keep-alive\r\nX-A: 1\r\n\r\n"u8.ToArray();
        var head = new RequestHead();
        HeadParser.ParseRequest(input, Limits, head, out _, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var round = 0; round < 1000; round++)
        {
            HeadParser.ParseRequest(input, Limits, head, out _, out _);
            MessageFraming.DecideRequest(head, out _, out _);
            head.Reset();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Many_heads_in_use_at_once_allocate_nothing_when_used_again()
    {
        var input = Latin1.Bytes($"GET /a HTTP/1.1\r\nHost: h\r\nCookie: {new string('c', 2000)}\r\n\r\n");
        RequestHead[] heads = [.. Enumerable.Range(0, 500).Select(_ => new RequestHead())];
        ParseAll(heads, input);
        var before = GC.GetAllocatedBytesForCurrentThread();

        ParseAll(heads, input);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Head_is_read_behind_a_large_and_a_small_one()
    {
        var head = new RequestHead();
        foreach (var length in new[] { 20_000, 10, 5000, 3000, 20_000 })
        {
            var input = Latin1.Bytes($"GET /a HTTP/1.1\r\nHost: h\r\nCookie: {new string('c', length)}\r\n\r\n");

            HeadParser.ParseRequest(input, Limits, head, out _, out _);

            Assert.That(Latin1.Text(head.Bytes), Is.EqualTo(Latin1.Text(input)));
            Assert.That(head.ValueOf(head.Fields[1]).Length, Is.EqualTo(length));
            head.Reset();
        }
    }

    [TestCase("OPTIONS * HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\n\r\n", 0)]
    [TestCase("TRACE / HTTP/1.1\r\nHost: h\r\nMax-Forwards: 10\r\n\r\n", 10)]
    [TestCase("TRACE / HTTP/1.1\r\nHost: h\r\nMax-Forwards: -1\r\n\r\n", null)]
    [TestCase("TRACE / HTTP/1.1\r\nHost: h\r\nMax-Forwards: 1\r\nMax-Forwards: 2\r\n\r\n", null)]
    [TestCase("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", null)]
    public void Max_forwards_is_one_plain_number(string input, long? expected)
    {
        Assert.That(Parse(input).MaxForwards, Is.EqualTo(expected));
    }

    [TestCase("Expect: 100-CONTINUE\r\n", true, false)]
    [TestCase("Expect: 200-ok\r\n", false, false)]
    [TestCase("TE: trailers, deflate;q=0.5\r\n", false, true)]
    [TestCase("TE: deflate\r\n", false, false)]
    public void Expectations_of_the_client_are_read(string line, bool waits, bool takesTrailers)
    {
        var head = Parse("POST / HTTP/1.1\r\nHost: h\r\n" + line + "\r\n");

        Assert.That((head.Expects100Continue, head.AcceptsTrailers), Is.EqualTo((waits, takesTrailers)));
    }

    [Test]
    public void Expect_in_http_1_0_is_ignored()
    {
        Assert.That(Parse("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").Expects100Continue, Is.False);
    }

    private static void ParseAll(RequestHead[] heads, byte[] input)
    {
        foreach (var head in heads)
        {
            HeadParser.ParseRequest(input, Limits, head, out _, out _);
        }

        foreach (var head in heads)
        {
            head.Reset();
        }
    }

    private static RequestHead Parse(string input)
    {
        var head = new RequestHead();
        var status = HeadParser.ParseRequest(Latin1.Bytes(input), Limits, head, out _, out var reason);
        Assert.That(status, Is.EqualTo(ParseStatus.Done), reason.ToString());
        return head;
    }
}
