using WunderProxy.Forwarding.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>One exchange at a time, byte by byte, on both transports.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class ExchangeTests(TransportKind transport)
{
    private const string Get = "GET /a?b=c HTTP/1.1\r\nHost: example.test\r\nX-Kept: 1\r\n\r\n";

    [Test]
    public async Task Get_is_forwarded_with_host_and_forwarding_headers()
    {
        await using var proxy = ProxyUnderTest.Start(transport);

        var (client, upstream, head) = await proxy.BeginAsync(Get);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Answer: y\r\n\r\nok");
        var answer = await client.ReadHeadAsync() + await client.ReadAsync(2);

        Assert.Multiple(() =>
        {
            Assert.That(head, Is.EqualTo(
                "GET /a?b=c HTTP/1.1\r\nHost: example.test\r\nX-Kept: 1\r\nX-Forwarded-For: 127.0.0.1\r\n"
                + $"X-Forwarded-Proto: {ProxyUnderTest.Scheme}\r\nX-Forwarded-Host: example.test\r\n\r\n"));
            Assert.That(answer, Is.EqualTo("HTTP/1.1 200 OK\r\nX-Answer: y\r\nContent-Length: 2\r\n\r\nok"));
        });
    }

    [Test]
    public async Task Connections_on_both_sides_are_used_again()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        for (var round = 0; round < 3; round++)
        {
            await upstream.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            await client.ReadHeadAsync();
            await client.SendAsync(Get);
            await upstream.ReadHeadAsync();
        }

        Assert.That(proxy.Application.HasPending, Is.False);
    }

    [Test]
    public async Task Length_body_is_relayed_both_ways_as_it_comes()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, head) = await proxy.BeginAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");

        var early = await upstream.ReadAsync(3);
        await client.SendAsync("def");
        var late = await upstream.ReadAsync(3);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nuvw");
        await client.ReadHeadAsync();
        var first = await client.ReadAsync(3);
        await upstream.SendAsync("xyz");

        Assert.Multiple(() =>
        {
            Assert.That(head, Does.Contain("Content-Length: 6\r\n"));
            Assert.That(early + late, Is.EqualTo("abcdef"));
            Assert.That(first, Is.EqualTo("uvw"));
        });
        Assert.That(await client.ReadAsync(3), Is.EqualTo("xyz"));
    }

    [Test]
    public async Task Chunked_body_loses_its_extensions_and_keeps_its_trailers()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX-T: 1\r\nContent-Length: 9\r\n\r\n");

        var body = await upstream.ReadThroughAsync("\r\n\r\n");
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;q\r\nok\r\n0\r\nX-R: 2\r\n\r\n");
        await client.ReadHeadAsync();
        var answer = await client.ReadThroughAsync("\r\n\r\n");

        Assert.Multiple(() =>
        {
            Assert.That(body, Is.EqualTo("3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n"));
            Assert.That(answer, Is.EqualTo("2\r\nok\r\n0\r\nX-R: 2\r\n\r\n"));
        });
    }

    [Test]
    public async Task Chunked_response_to_http10_is_unpacked_and_ended_by_close()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, head) = await proxy.BeginAsync("GET / HTTP/1.0\r\n\r\n");

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1\r\n!\r\n0\r\n\r\n");
        var (answer, end) = await client.ReadToEndAsync();

        Assert.Multiple(() =>
        {
            Assert.That(head, Does.Contain($"Host: {proxy.Application.EndPoint}\r\n"));
            Assert.That(answer, Is.EqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok!"));
            Assert.That(end, Is.EqualTo(StreamEnd.Finished));
        });
    }

    [Test]
    public async Task Empty_answer_until_close_reaches_a_client_of_the_old_version()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync("GET / HTTP/1.0\r\n\r\n");

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n");
        upstream.ShutdownSend();
        var (answer, end) = await client.ReadToEndAsync();

        Assert.That((answer, end), Is.EqualTo(("HTTP/1.1 200 OK\r\nServer: x\r\nConnection: close\r\n\r\n", StreamEnd.Finished)));
    }

    [Test]
    public async Task Response_until_close_becomes_chunked()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync("HTTP/1.1 200 OK\r\n\r\nhello");
        await client.ReadHeadAsync();
        var first = await client.ReadThroughAsync("hello\r\n");
        upstream.Dispose();

        Assert.That(first + await client.ReadThroughAsync("0\r\n\r\n"), Is.EqualTo("5\r\nhello\r\n0\r\n\r\n"));
    }

    [Test]
    public async Task Response_until_close_that_is_reset_is_aborted()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync("HTTP/1.1 200 OK\r\n\r\nhello");
        await client.ReadThroughAsync("hello\r\n");
        upstream.Reset();

        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Response_cut_short_aborts_the_client()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        await client.ReadThroughAsync("hello");
        upstream.Dispose();

        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Interim_responses_are_passed_on_but_not_to_http10()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        var (old, oldUpstream, _) = await proxy.BeginAsync("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        const string Answer = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";

        await upstream.SendAsync(Answer);
        await oldUpstream.SendAsync(Answer);

        Assert.That(await client.ReadHeadAsync() + await client.ReadHeadAsync(), Is.EqualTo(Answer));
        Assert.That(await old.ReadHeadAsync(), Does.StartWith("HTTP/1.1 204 "));
    }

    [Test]
    public async Task Expect_continue_goes_end_to_end()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, head) = await proxy.BeginAsync(
            "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");

        await upstream.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        var interim = await client.ReadHeadAsync();
        await client.SendAsync("abc");
        var body = await upstream.ReadAsync(3);
        await upstream.SendAsync("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");

        Assert.Multiple(() =>
        {
            Assert.That(head, Does.Contain("Expect: 100-continue\r\n"));
            Assert.That(interim, Is.EqualTo("HTTP/1.1 100 Continue\r\n\r\n"));
            Assert.That(body, Is.EqualTo("abc"));
        });
        Assert.That(await client.ReadHeadAsync(), Is.EqualTo("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"));
    }

    [Test]
    public async Task Final_response_before_the_body_is_passed_on_and_ends_the_connection()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc");

        await upstream.ReadAsync(3);
        await upstream.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
        var answer = await client.ReadHeadAsync() + await client.ReadAsync(2);

        Assert.That(answer, Is.EqualTo("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"));
        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Finished));
        Assert.That(await upstream.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Client_that_goes_away_cancels_its_exchange_upstream()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        client.Dispose();

        Assert.That(await upstream.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Bad_chunk_is_answered_400_and_aborts_the_upstream()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");

        await upstream.ReadThroughAsync("abc\r\n");
        await client.SendAsync("zz\r\n");
        var (received, end) = await upstream.ReadToEndAsync();

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 400 "));
        Assert.That((received, end), Is.EqualTo((string.Empty, StreamEnd.Reset)));
    }

    [Test]
    public async Task Stale_connection_is_replaced_for_an_idempotent_request()
    {
        await using var proxy = ProxyUnderTest.Start(transport, options => options with { Threads = 1 });
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        await client.ReadHeadAsync();

        await client.SendAsync(Get);
        await upstream.ReadHeadAsync();
        upstream.Dispose();
        using var fresh = await proxy.Application.AcceptAsync();
        await fresh.ReadHeadAsync();
        await fresh.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 204 "));
    }

    [Test]
    public async Task Stale_connection_is_a_502_for_a_post()
    {
        await using var proxy = ProxyUnderTest.Start(transport, options => options with { Threads = 1 });
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        await client.ReadHeadAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
        await upstream.ReadHeadAsync();
        upstream.Dispose();

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 502 ").And.Contain("error=connection_terminated"));
    }

    [Test]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, first) = await proxy.BeginAsync(
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
        var second = await upstream.ReadHeadAsync();
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");

        Assert.That(first, Does.StartWith("GET /1 "));
        Assert.That(second, Does.StartWith("GET /2 "));
        Assert.That(await client.ReadThroughAsync("\r\n\r\n1"), Does.StartWith("HTTP/1.1 200 "));
        Assert.That(await client.ReadThroughAsync("\r\n\r\n2"), Does.StartWith("HTTP/1.1 200 "));
    }

    [Test]
    public async Task Head_response_keeps_its_length_and_has_no_body()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
        var head = await client.ReadHeadAsync();
        await client.SendAsync(Get);

        Assert.That(head, Is.EqualTo("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n"));
        Assert.That(await upstream.ReadHeadAsync(), Does.StartWith("GET "));
    }

    [Test]
    public async Task Large_bodies_arrive_whole_both_ways()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var bytes = new byte[3 * 1024 * 1024];
        new Random(7).NextBytes(bytes);
        var text = System.Text.Encoding.Latin1.GetString(bytes);

        var (client, upstream, _) = await proxy.BeginAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {bytes.Length}\r\n\r\n");
        var sending = client.SendAsync(bytes);
        var up = await upstream.ReadAsync(bytes.Length);
        await sending;
        var answering = upstream.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {bytes.Length}\r\n\r\n{text}");
        await client.ReadHeadAsync();
        var down = await client.ReadAsync(bytes.Length);
        await answering;

        Assert.That(up == text && down == text, Is.True);
    }
}
