using System.Net;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Listeners that only redirect to https.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RedirectTests
{
    [TestCase("GET /x?y=1 HTTP/1.1\r\nHost: a.test\r\n\r\n", "https://a.test/x?y=1")]
    [TestCase("GET /x HTTP/1.1\r\nHost: a.test:80\r\n\r\n", "https://a.test/x")]
    [TestCase("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "https://[::1]/")]
    [TestCase("GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n", "https://[::1]/")]
    [TestCase("GET http://a.test/x HTTP/1.1\r\nHost: a.test\r\n\r\n", "https://a.test/x")]
    [TestCase("OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n", "https://a.test/")]
    [TestCase("GET /old HTTP/1.0\r\nHost: a.test\r\n\r\n", "https://a.test/old")]
    public async Task Request_is_sent_to_the_same_place_with_https(string request, string expected)
    {
        await using var proxy = Start();
        var client = await proxy.ConnectAsync();

        await client.SendAsync(request);
        var head = await client.ReadHeadAsync();

        Assert.That(head, Does.StartWith("HTTP/1.1 308 Permanent Redirect\r\n"));
        Assert.That(head, Does.Contain($"\r\nLocation: {expected}\r\n").And.Contain("\r\nContent-Length: 0\r\n"));
    }

    [Test]
    public async Task Port_of_tls_is_told_unless_it_is_443()
    {
        await using var listeners = ListenerSet.Bind(
        [
            new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), ListenerKind.Redirect),
            new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), ListenerKind.Tls),
        ]);
        var port = ((IPEndPoint)listeners.All[1].EndPoint).Port;
        await using var proxy = ProxyUnderTest.Start(TransportKind.Auto, listeners: listeners);
        var client = await proxy.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a.test:8080\r\n\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.Contain($"\r\nLocation: https://a.test:{port}/\r\n"));
    }

    [TestCase("GET / HTTP/1.0\r\n\r\n")]
    [TestCase("GET / HTTP/1.1\r\nHost:\r\n\r\n")]
    public async Task Request_without_a_host_is_400(string request)
    {
        await using var proxy = Start();
        var client = await proxy.ConnectAsync();

        await client.SendAsync(request);

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 400 "));
    }

    [Test]
    public async Task Connection_is_kept_for_the_next_request()
    {
        await using var proxy = Start();
        var client = await proxy.ConnectAsync();

        await client.SendAsync("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadHeadAsync();
        await client.SendAsync("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.Contain("Location: https://a/2\r\n"));
    }

    private static ProxyUnderTest Start() => ProxyUnderTest.Start(
        TransportKind.Auto,
        listeners: ListenerSet.Bind([new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), ListenerKind.Redirect)]));
}
