using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Tests.Transport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>What the manager API behind its front end is told.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class ApiStampTests(TransportKind transport)
{
    [Test]
    public async Task Request_is_stamped_and_a_forged_stamp_removed()
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));

        var (client, _, head) = await proxy.BeginAsync(
            "GET /status HTTP/1.1\r\nHost: api.test\r\nWunderproxy-Peer: unix\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n");

        Assert.That(head, Is.EqualTo(
            $"GET /status HTTP/1.1\r\nHost: {proxy.Application.EndPoint}\r\nX-Forwarded-For: 1.2.3.4\r\n"
            + $"Wunderproxy-Secret: s3cret\r\nWunderproxy-Peer: {client.LocalEndPoint}\r\nWunderproxy-Host: api.test\r\n"
            + "Wunderproxy-Scheme: http\r\n\r\n"));
    }

    [Test]
    public async Task Peer_of_version_6_is_named_in_brackets()
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.IPv6Loopback, 0));

        var (client, _, head) = await proxy.BeginAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.That(head, Does.Contain($"Wunderproxy-Peer: {client.LocalEndPoint}\r\n").And.Contain("Peer: [::1]:"));
    }

    [Test]
    public async Task Peer_of_a_unix_socket_is_named_so()
    {
        var path = TemporaryPaths.NewSocketPath();
        await using var proxy = Start(new UnixDomainSocketEndPoint(path));

        var (_, _, head) = await proxy.BeginAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.That(head, Does.Contain("Wunderproxy-Peer: unix\r\n"));
    }

    [Test]
    public async Task Request_without_Host_gets_no_stamp_of_one()
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));

        var (_, _, head) = await proxy.BeginAsync("GET / HTTP/1.0\r\n\r\n");

        Assert.That(head, Does.Not.Contain("Wunderproxy-Host").And.Contain($"Host: {proxy.Application.EndPoint}\r\n"));
    }

    [TestCase("POST / HTTP/1.1\r\nHost: a\r\n\r\n", "Content-Length: 0\r\n")]
    [TestCase("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok", "Content-Length: 2\r\n")]
    public async Task Post_always_says_its_length(string request, string expected)
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));

        var (_, _, head) = await proxy.BeginAsync(request);

        Assert.That(head, Does.Contain(expected));
    }

    private ProxyUnderTest Start(EndPoint endPoint) => ProxyUnderTest.Start(
        transport, options => options with { EndPoints = [endPoint], ApiStamp = new RequestStamp("s3cret") });
}
