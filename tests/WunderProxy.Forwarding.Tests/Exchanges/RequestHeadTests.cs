using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>What becomes of a request's head on its way to the application.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class RequestHeadTests(TransportKind transport)
{
    private const string Told =
        "GET / HTTP/1.1\r\nHost: a\r\nForwarded: for=1.1.1.1\r\nX-Real-IP: 1.1.1.1\r\nX-Forwarded-For: 1.1.1.1\r\n"
        + "X-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\nX-Forwarded-Port: 1\r\nX-Forwarded-For: 2.2.2.2\r\n"
        + "X-Forwarded-For:\r\nX-Other: c\r\n\r\n";

    [Test]
    public async Task Trusted_proxy_is_believed_and_joined_to_those_before_it()
    {
        await using var proxy = ProxyUnderTest.Start(transport);

        var (_, _, head) = await proxy.BeginAsync(Told);

        Assert.That(head, Is.EqualTo(
            "GET / HTTP/1.1\r\nHost: a\r\nForwarded: for=1.1.1.1\r\nX-Real-IP: 1.1.1.1\r\nX-Forwarded-Proto: https\r\n"
            + "X-Forwarded-Host: b\r\nX-Forwarded-Port: 1\r\nX-Other: c\r\nX-Forwarded-For: 1.1.1.1, 2.2.2.2, 127.0.0.1\r\n\r\n"));
    }

    [Test]
    public async Task Untrusted_remote_end_is_not_believed([Values] bool byAddress)
    {
        await using var proxy = ProxyUnderTest.Start(transport, options => byAddress
            ? options with { UntrustedProxies = [IPAddress.Loopback] }
            : options with { TrustNobody = true });

        var (_, _, head) = await proxy.BeginAsync(Told);

        Assert.That(head, Is.EqualTo(
            $"GET / HTTP/1.1\r\nHost: a\r\nX-Other: c\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: {ProxyUnderTest.Scheme}\r\n"
            + "X-Forwarded-Host: a\r\n\r\n"));
    }

    [Test]
    public async Task Remote_end_outside_the_trusted_networks_is_not_believed()
    {
        await using var proxy = ProxyUnderTest.Start(
            transport, options => options with { TrustedProxies = [IPNetwork.Parse("10.0.0.0/8")] });

        var (_, _, head) = await proxy.BeginAsync(Told);

        Assert.That(head, Does.Not.Contain("1.1.1.1"));
    }

    [TestCase("Connection", "1.1")]
    [TestCase("connection", "1.0")]
    public async Task Forwarding_header_that_Connection_names_is_kept(string connection, string version)
    {
        await using var proxy = ProxyUnderTest.Start(transport);

        var (_, _, head) = await proxy.BeginAsync(
            $"GET / HTTP/{version}\r\nHost: a\r\n{connection}: X-Forwarded-For, x-forwarded-proto\r\n"
            + $"X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\nX-Real-IP: 1.1.1.1\r\n"
            + $"Forwarded: for=1.1.1.1\r\nX-Hop: 1\r\n{connection}: X-FORWARDED-HOST,\tX-Real-IP , Forwarded, X-Hop\r\n\r\n");

        Assert.That(head, Is.EqualTo(
            "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\nX-Real-IP: 1.1.1.1\r\n"
            + "Forwarded: for=1.1.1.1\r\nX-Forwarded-For: 1.1.1.1, 127.0.0.1\r\n\r\n"));
    }

    [Test]
    public async Task Stranger_that_names_forwarding_headers_gains_nothing()
    {
        await using var proxy = ProxyUnderTest.Start(transport, options => options with { TrustNobody = true });

        var (_, _, head) = await proxy.BeginAsync(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, X-Real-IP, Host\r\n"
            + "X-Forwarded-For: 1.1.1.1\r\nX-Real-IP: 1.1.1.1\r\nX_Forwarded_For: 1.1.1.1\r\nProxy: http://evil/\r\n\r\n");

        Assert.That(head, Is.EqualTo(
            "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n"
            + $"X-Forwarded-Proto: {ProxyUnderTest.Scheme}\r\nX-Forwarded-Host: a\r\n\r\n"));
    }

    [Test]
    public async Task Trailer_that_Connection_names_is_for_this_connection()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (_, upstream, _) = await proxy.BeginAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: X-Hop\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "0\r\nx-hop: 1\r\nX-Kept: 1\r\n\r\n");
        const string Expected = "0\r\nX-Kept: 1\r\n\r\n";

        Assert.That(await upstream.ReadAsync(Expected.Length), Is.EqualTo(Expected));
    }

    [TestCase("::1", "::1")]
    [TestCase("127.0.0.1", "127.0.0.1")]
    public async Task Remote_end_at_an_inherited_listener_for_both_versions_is_named_plainly(string address, string named)
    {
        var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        listener.Listen();
        await using var proxy = ProxyUnderTest.Start(
            transport,
            listeners: ListenerSet.Bind([new ListenerOptions(listener.LocalEndPoint!)], [new InheritedSocket(listener)]));
        var port = ((IPEndPoint)proxy.EndPoint).Port;
        using var client = await RawConnection.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), port));

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var upstream = await proxy.AcceptAsync();

        Assert.That(await upstream.ReadHeadAsync(), Does.Contain($"X-Forwarded-For: {named}\r\n"));
    }

    [TestCase("http://b.test/p?q HTTP/1.1\r\nHost: a", "GET /p?q HTTP/1.1\r\nHost: b.test\r\n")]
    [TestCase("HTTP://b.test?q HTTP/1.1\r\nHost: b.test", "GET /?q HTTP/1.1\r\nHost: b.test\r\n")]
    [TestCase("http://b.test:81 HTTP/1.0", "GET / HTTP/1.1\r\nHost: b.test:81\r\n")]
    public async Task Absolute_target_decides_the_host(string request, string expected)
    {
        await using var proxy = ProxyUnderTest.Start(transport);

        var (_, _, head) = await proxy.BeginAsync($"GET {request}\r\n\r\n");

        Assert.That(head, Does.StartWith(expected).And.Not.Contain("Host: a\r\n"));
    }

    [TestCase("TE: trailers\r\nConnection: TE", "TE: trailers\r\nConnection: TE\r\n")]
    [TestCase("TE: gzip;q=1, trailers\r\nConnection: TE", "TE: trailers\r\nConnection: TE\r\n")]
    [TestCase(
        "TE: trailers\r\nConnection: TE, upgrade\r\nUpgrade: x/1",
        "TE: trailers\r\nUpgrade: x/1\r\nConnection: TE, Upgrade\r\n")]
    [TestCase("Max-Forwards: 3", "Max-Forwards: 3\r\n")]
    public async Task Hop_by_hop_header_is_written_anew(string lines, string expected)
    {
        await using var proxy = ProxyUnderTest.Start(transport);

        var (_, _, head) = await proxy.BeginAsync($"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n");

        Assert.That(head, Does.Contain(expected));
    }

    [TestCase("TE: gzip\r\nConnection: TE")]
    [TestCase("Expect: 100-continue")]
    public async Task Header_without_meaning_for_the_next_hop_is_dropped(string lines)
    {
        await using var proxy = ProxyUnderTest.Start(transport);

        var (_, _, head) = await proxy.BeginAsync($"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n");

        Assert.That(head, Does.Not.Contain("TE:").And.Not.Contain("Expect").And.Not.Contain("Connection"));
    }

    [Test]
    public async Task Expectation_of_http10_is_dropped_though_there_is_a_body()
    {
        await using var proxy = ProxyUnderTest.Start(transport);

        var (_, _, head) = await proxy.BeginAsync(
            "POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx");

        Assert.That(head, Does.Not.Contain("Expect").And.Contain("Content-Length: 1\r\n"));
    }

    [TestCase("OPTIONS")]
    [TestCase("TRACE")]
    public async Task Max_Forwards_is_counted_down(string method)
    {
        await using var proxy = ProxyUnderTest.Start(transport);

        var (_, _, head) = await proxy.BeginAsync($"{method} / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 3\r\n\r\n");

        Assert.That(head, Does.Contain("Max-Forwards: 2\r\n").And.Not.Contain("Max-Forwards: 3"));
    }

    [TestCase("OPTIONS * HTTP/1.1\r\nHost: a", "HTTP/1.1 200 OK\r\n")]
    [TestCase("OPTIONS / HTTP/1.1\r\nHost: a", "HTTP/1.1 200 OK\r\n")]
    [TestCase("TRACE / HTTP/1.1\r\nHost: a", "HTTP/1.1 405 Method Not Allowed\r\n")]
    public async Task Max_Forwards_0_is_answered_here_and_the_connection_used_again(string request, string expected)
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync($"{request}\r\nMax-Forwards: 0\r\n\r\n");
        var answer = await client.ReadHeadAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var upstream = await proxy.AcceptAsync();

        Assert.That(answer, Does.StartWith(expected).And.Not.Contain("Connection"));
        Assert.That(await upstream.ReadHeadAsync(), Does.StartWith("GET / "));
    }

    [Test]
    public async Task Via_is_added_to_both_heads_when_wanted()
    {
        await using var proxy = ProxyUnderTest.Start(transport, options => options with { Via = "wp" });
        var (client, upstream, head) = await proxy.BeginAsync("GET / HTTP/1.1\r\nHost: a\r\nVia: 1.0 x\r\n\r\n");
        await upstream.SendAsync("HTTP/1.1 204 No Content\r\nVia: 1.1 y\r\n\r\n");

        Assert.That(head, Does.Contain("Via: 1.0 x\r\n").And.Contain("Via: 1.1 wp\r\n"));
        Assert.That(await client.ReadHeadAsync(), Does.Contain("Via: 1.1 y\r\n").And.Contain("Via: 1.1 wp\r\n"));
    }
}
