using WunderProxy.Forwarding.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>What clients get of the responses that applications give, the odd and the hostile ones too.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class ResponseTests(TransportKind transport)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Get10 = "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n";
    private const string Head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";

    [TestCase(Get, "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n")]
    [TestCase(Get, "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")]
    [TestCase(Get, "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n")]
    [TestCase(Head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n")]
    [TestCase(Head, "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n")]
    [TestCase(Get, "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n")]
    [TestCase(Get, "HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n")]
    [TestCase(Get10, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n")]
    public async Task Response_without_a_body_leaves_the_connection_open(string request, string response, string expected)
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(request);

        await upstream.SendAsync(response);
        var answer = await client.ReadHeadAsync();
        await client.SendAsync(Get);

        Assert.That(answer, Is.EqualTo(expected));
        Assert.That(await upstream.ReadHeadAsync(), Does.StartWith("GET / "));
    }

    [Test]
    public async Task Connection_of_a_response_names_extensions_away_and_nothing_that_others_read()
    {
        const string Kept =
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nCache-Control: no-store\r\nStrict-Transport-Security: max-age=1\r\n"
            + "X-Forwarded-For: a\r\nVia: 1.1 a\r\nContent-Type: text/plain\r\n";
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync(
            $"{Kept}X-Hop: 1\r\nContent-Length: 2\r\nConnection: set-cookie, X-Hop, Via, Content-Type, Content-Length\r\n"
            + "Connection: Cache-Control, Strict-Transport-Security, X-Forwarded-For\r\n\r\nok");

        Assert.That(await client.ReadThroughAsync("\r\n\r\nok"), Is.EqualTo($"{Kept}Content-Length: 2\r\n\r\nok"));
    }

    [Test]
    public async Task Trailer_of_a_response_that_its_Connection_names_is_removed()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync(
            "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2\r\nok\r\n0\r\nX-HOP: 1\r\nSet-Cookie: a=b\r\nX-Kept: 1\r\n\r\n");

        Assert.That(await client.ReadThroughAsync("X-Kept: 1\r\n\r\n"), Does.EndWith("ok\r\n0\r\nX-Kept: 1\r\n\r\n"));
    }

    [TestCase("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [TestCase("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nmore")]
    public async Task Connection_of_such_a_response_carries_no_other_request(string response)
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync(response);
        await client.ReadThroughAsync("ok");
        var end = await upstream.WaitForEndAsync();
        await client.SendAsync(Get);
        var fresh = await proxy.AcceptAsync();
        await fresh.ReadHeadAsync();
        await fresh.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!");

        Assert.That(end, Is.EqualTo(StreamEnd.Finished).Or.EqualTo(StreamEnd.Reset));
        Assert.That(await client.ReadThroughAsync("!"), Does.Not.Contain("evil").And.Not.Contain("more"));
    }

    [TestCase("HTTP/1.1 20", "http_response_incomplete")]
    [TestCase("HTTP/1.1 200 OK\r\nA: b\r\n", "http_response_incomplete")]
    [TestCase("HTTP/1.1 103 Early Hints\r\n\r\n", "http_response_incomplete")]
    [TestCase("", "connection_terminated")]
    public async Task Response_that_ends_within_its_head_is_502(string response, string error)
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get10);

        await upstream.SendAsync(response);
        upstream.ShutdownSend();

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 502 ").And.Contain($"error={error}\r\n")
            .And.Contain("Connection: keep-alive\r\n"));
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [TestCase("HTTP/2.0 200 OK\r\n\r\n")]
    [TestCase("HTTP/1.1 99 Low\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\n A: folded\r\n\r\n")]
    public async Task Response_that_can_be_read_in_two_ways_is_502(string response)
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync(response);

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 502 ").And.Contain("http_protocol_error"));
        Assert.That(await upstream.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Response_head_past_the_limits_is_502()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        var (other, otherUpstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync($"HTTP/1.1 200 OK\r\nA: {new string('x', 70_000)}\r\n");
        await otherUpstream.SendAsync("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", 600)) + "\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 502 ").And.Contain("http_response_header_section_size"));
        Assert.That(await other.ReadHeadAsync(), Does.StartWith("HTTP/1.1 502 ").And.Contain("http_response_header_section_size"));
    }

    [Test]
    public async Task Interim_responses_without_end_are_502()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync(string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 65)));

        Assert.That(await client.ReadThroughAsync("http_protocol_error"), Does.Contain("HTTP/1.1 502 Bad Gateway\r\n"));
    }

    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", "zz\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", "2\r\nokay\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", "0\r\nbad line\r\n\r\n")]
    public async Task Bad_chunk_of_a_response_resets_the_client(string begin, string rest)
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        var (old, oldUpstream, _) = await proxy.BeginAsync(Get10);

        await upstream.SendAsync(begin);
        await oldUpstream.SendAsync(begin);
        await client.ReadThroughAsync("ok");
        await old.ReadThroughAsync("ok");
        await upstream.SendAsync(rest);
        await oldUpstream.SendAsync(rest);

        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
        Assert.That(await old.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Chunked_response_that_ends_early_resets_the_client()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
        await client.ReadThroughAsync("ok");
        upstream.ShutdownSend();

        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Large_chunks_arrive_whole_with_and_without_their_framing()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var body = string.Concat(Enumerable.Range(0, 20_000).Select(number => $"{number} "));
        var chunked = string.Concat(body.Chunk(10_007).Select(chunk => $"{chunk.Length:x};ext\r\n{new string(chunk)}\r\n")) + "0\r\n\r\n";
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        var (old, oldUpstream, _) = await proxy.BeginAsync(Get10);

        var sending = upstream.SendAsync($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}");
        var oldSending = oldUpstream.SendAsync($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}");
        await client.ReadHeadAsync();
        var received = await client.ReadThroughAsync("\r\n0\r\n\r\n");
        await old.ReadHeadAsync();
        var (oldReceived, end) = await old.ReadToEndAsync();
        await Task.WhenAll(sending, oldSending);

        Assert.That(received, Is.EqualTo(chunked.Replace(";ext", string.Empty, StringComparison.Ordinal)));
        Assert.That((oldReceived, end), Is.EqualTo((body, StreamEnd.Finished)));
    }

    [Test]
    public async Task Hundred_thousand_tiny_chunks_arrive_whole()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var chunked = string.Concat(Enumerable.Range(0, 100_000).Select(number => $"5\r\n{number:D5}\r\n")) + "0\r\n\r\n";
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        var (uploader, target, _) = await proxy.BeginAsync($"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

        var answering = upstream.SendAsync($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}");
        await client.ReadHeadAsync();
        var down = await client.ReadAsync(chunked.Length);
        var sending = uploader.SendAsync(chunked);
        var up = await target.ReadAsync(chunked.Length);
        await Task.WhenAll(answering, sending);

        Assert.That(down == chunked && up == chunked, Is.True);
    }

    [Test]
    public async Task Response_until_close_goes_to_http10_as_it_is()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get10);

        await upstream.SendAsync("HTTP/1.1 200 OK\r\n\r\nhello");
        upstream.ShutdownSend();

        Assert.That(
            await client.ReadToEndAsync(),
            Is.EqualTo(("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello", StreamEnd.Finished)));
    }

    [Test]
    public async Task Response_until_close_that_is_reset_resets_http10_too()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get10);

        await upstream.SendAsync("HTTP/1.1 200 OK\r\n\r\nhello");
        await client.ReadThroughAsync("hello");
        upstream.Reset();

        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [TestCase(Get, "Connection: close\r\n")]
    [TestCase("GET / HTTP/1.0\r\nHost: a\r\n\r\n", "Connection: close\r\n")]
    public async Task Client_that_wants_the_end_gets_it(string request, string expected)
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(
            request.Replace("Host: a\r\n", "Host: a\r\nConnection: close\r\n", StringComparison.Ordinal));

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        var (answer, end) = await client.ReadToEndAsync();

        Assert.That(answer, Does.Contain(expected).And.EndsWith("\r\n\r\nok"));
        Assert.That(end, Is.EqualTo(StreamEnd.Finished));
    }

    [Test]
    public async Task Upstream_that_answers_and_reads_no_more_has_its_answer_passed_on()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000000\r\n\r\n");
        var sending = SendUntilBrokenAsync(client);

        await upstream.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
        upstream.ShutdownSend();

        Assert.That(await client.ReadThroughAsync("no"), Does.StartWith("HTTP/1.1 413 "));
        client.Dispose();
        await sending;
    }

    [Test]
    public async Task Large_response_that_ends_early_resets_the_client()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n");
        await client.ReadHeadAsync();
        var sending = upstream.SendAsync(new byte[400_000]);
        await client.ReadAsync(400_000);
        await sending;
        upstream.ShutdownSend();

        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Client_that_leaves_within_a_large_response_cancels_it()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n");
        await client.ReadHeadAsync();
        var sending = SendUntilBrokenAsync(upstream);
        await client.ReadAsync(400_000);
        client.Reset();

        Assert.That(async () => await sending.WaitAsync(TimeSpan.FromSeconds(30)), Throws.Nothing);
    }

    [Test]
    public async Task Client_that_resets_while_it_is_answered_cancels_the_response()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        await client.ReadThroughAsync("hello");

        client.Reset();

        Assert.That(await upstream.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    private static async Task SendUntilBrokenAsync(RawConnection client)
    {
        try
        {
            while (true)
            {
                await client.SendAsync(new byte[64 * 1024]);
            }
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or ObjectDisposedException
            or OperationCanceledException)
        {
            // As it has to end.
        }
    }
}
