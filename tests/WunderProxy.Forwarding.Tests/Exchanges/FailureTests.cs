using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>What clients are told when something goes wrong, and the time limits.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class FailureTests(TransportKind transport)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    [Test]
    public async Task No_upstream_is_503_with_retry_after()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        proxy.Slot.Switch(null);

        using var client = await proxy.ConnectAsync();
        await client.SendAsync(Get);
        var head = await client.ReadHeadAsync();

        Assert.That(head, Does.StartWith("HTTP/1.1 503 ").And.Contain("Retry-After: 5\r\n").And.Contain("Cache-Control: no-store\r\n")
            .And.Contain("Proxy-Status: wunderproxy; error=destination_unavailable\r\n").And.Not.Contain("Connection: close"));
    }

    [TestCase("HEAD / HTTP/1.1\r\nHost: a\r\nBad Name: 1\r\n\r\n")]
    [TestCase("HEAD / HTTP/1.1\r\n\r\n")]
    public async Task Refused_HEAD_is_answered_without_a_body(string request)
    {
        await using var proxy = ProxyUnderTest.Start(transport);

        using var client = await proxy.ConnectAsync();
        await client.SendAsync(request);
        var head = await client.ReadHeadAsync();
        var (rest, _) = await client.ReadToEndAsync();

        Assert.That(head, Does.StartWith("HTTP/1.1 400 ").And.Contain("Connection: close\r\n"));
        Assert.That(rest, Is.Empty);
    }

    [Test]
    public async Task Refused_connect_is_502_and_is_remembered()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        proxy.Application.Dispose();

        using var client = await proxy.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n");
        var head = await client.ReadHeadAsync();
        var body = await client.ReadThroughAsync("}\n");

        Assert.Multiple(() =>
        {
            Assert.That(head, Does.StartWith("HTTP/1.1 502 Bad Gateway\r\n").And.Contain("error=connection_refused\r\n"));
            Assert.That(body, Does.StartWith("{\"status\":502,"));
            Assert.That(proxy.Slot.Current!.LastConnectRefused, Is.True);
        });
    }

    [Test]
    public async Task Refused_connect_to_a_replaced_upstream_goes_to_the_new_one()
    {
        await using var proxy = ProxyUnderTest.Start(transport, served: new ApplicationOptions { PauseTimeout = TimeSpan.Zero });
        using var second = ScriptedUpstream.Start();
        _ = second.AnswerAllAsync("HTTP/1.1 204 No Content\r\n\r\n");
        proxy.Application.Dispose();
        proxy.Slot.Switch(new Upstream(second.EndPoint, "second", TimeProvider.System));

        using var client = await proxy.ConnectAsync();
        await client.SendAsync(Get);

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 204 "));
    }

    [TestCase("GET / HTTP/1.1\r\n\r\n", 400)]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [TestCase("GET / HTTP/1.1\r\nAccept: application/json\r\nHost : a\r\n\r\n", 400)]
    [TestCase("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 501)]
    [TestCase("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [TestCase("TRACE / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 400)]
    public async Task Refused_request_is_answered_and_the_connection_closed(string request, int status)
    {
        await using var proxy = ProxyUnderTest.Start(transport);

        using var client = await proxy.ConnectAsync();
        await client.SendAsync(request);
        var (answer, end) = await client.ReadToEndAsync();

        Assert.Multiple(() =>
        {
            Assert.That(answer, Does.StartWith($"HTTP/1.1 {status} ").And.Contain("Connection: close\r\n"));
            Assert.That(end, Is.EqualTo(StreamEnd.Finished));
            Assert.That(proxy.Application.HasPending, Is.False);
        });
    }

    [Test]
    public async Task Long_request_line_is_414_and_long_headers_431()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        using var line = await proxy.ConnectAsync();
        using var headers = await proxy.ConnectAsync();

        await line.SendAsync($"GET /{new string('x', 9000)} HTTP/1.1\r\n");
        await headers.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 40_000)}\r\n");

        Assert.That(await line.ReadHeadAsync(), Does.StartWith("HTTP/1.1 414 "));
        Assert.That(await headers.ReadHeadAsync(), Does.StartWith("HTTP/1.1 431 "));
    }

    [Test]
    public async Task Slow_header_is_408()
    {
        await using var proxy = StartWith(new ForwarderLimits { HeaderTimeout = Short });

        using var client = await proxy.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nAccept: application/json\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 408 "));
    }

    [Test]
    public async Task Silent_body_is_408_and_never_complete_upstream()
    {
        await using var proxy = StartWith(new ForwarderLimits { BodyTimeout = Short });

        var (client, upstream, _) = await proxy.BeginAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 408 "));
        Assert.That(await upstream.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Mute_upstream_is_504()
    {
        await using var proxy = ProxyUnderTest.Start(transport, served: new ApplicationOptions { ResponseTimeout = Short });

        var (client, upstream, _) = await proxy.BeginAsync(Get);

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 504 ").And.Contain("error=http_response_timeout"));
        Assert.That(await upstream.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Idle_connection_is_closed()
    {
        await using var proxy = StartWith(new ForwarderLimits { IdleTimeout = Short });
        using var client = await proxy.ConnectAsync();

        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Finished));
    }

    [Test]
    public async Task Client_that_takes_nothing_is_aborted()
    {
        await using var proxy = StartWith(new ForwarderLimits { BodyTimeout = Short });
        var (_, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
        var sending = SendUntilBrokenAsync(upstream);

        Assert.That(await sending.WaitAsync(TimeSpan.FromSeconds(15)), Is.True);
    }

    /// <summary>The kernel tells that a client took something only when it has taken a third of what the kernel holds.</summary>
    [Test]
    public async Task Client_that_takes_little_at_a_time_is_served()
    {
        const int length = 24_000_000;
        await using var proxy = StartWith(new ForwarderLimits { BodyTimeout = TimeSpan.FromSeconds(1) });
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        var sending = upstream.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n" + new string('x', length));
        await client.ReadThroughAsync("\r\n\r\n");

        var read = 0;
        for (var part = 0; part < 30; part++)
        {
            read += (await client.ReadAsync(30_000)).Length;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        Assert.That((await client.ReadAsync(length - read)).Length + read, Is.EqualTo(length));
        await sending;
    }

    [Test]
    public async Task Connection_beyond_the_limit_gets_503()
    {
        await using var proxy = ProxyUnderTest.Start(transport, options => options with { MaxConnections = 1 });
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        using var second = await proxy.ConnectAsync();

        Assert.That(await second.ReadHeadAsync(), Does.StartWith("HTTP/1.1 503 ").And.Contain("connection_limit_reached"));
        await upstream.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 204 "));
    }

    [Test]
    public async Task Garbage_from_the_upstream_is_502()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync("nonsense\r\n\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 502 ").And.Contain("http_protocol_error"));
    }

    /// <summary>One limit short and the others as they are: on a busy machine another one could come first.</summary>
    private ProxyUnderTest StartWith(ForwarderLimits limits) =>
        ProxyUnderTest.Start(transport, options => options with { Limits = limits });

    private static async Task<bool> SendUntilBrokenAsync(RawConnection upstream)
    {
        try
        {
            while (true)
            {
                await upstream.SendAsync(new byte[64 * 1024]);
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }
}
