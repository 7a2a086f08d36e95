using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using WunderProxy.Forwarding.Tests.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>What the manager API behind its front end is told.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed partial class ApiStampTests(TransportKind transport)
{
    private static readonly uint OwnUser = GetEffectiveUser();

    [Test]
    public async Task Request_is_stamped_and_a_forged_stamp_removed()
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));

        var (client, _, head) = await proxy.BeginAsync(
            "GET /status HTTP/1.1\r\nHost: api.test\r\nWunderproxy-Peer: unix\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n");

        Assert.That(head, Is.EqualTo(
            $"GET /status HTTP/1.1\r\nHost: {proxy.Application.EndPoint}\r\nX-Forwarded-For: 1.2.3.4\r\n"
            + $"Wunderproxy-Secret: s3cret\r\nWunderproxy-Peer: {client.LocalEndPoint}\r\nWunderproxy-Host: api.test\r\n"
            + $"Wunderproxy-Scheme: http\r\nWunderproxy-User: {OwnUser}\r\n\r\n"));
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

        Assert.That(head, Does.Contain("Wunderproxy-Peer: unix\r\n").And.Contain($"Wunderproxy-User: {OwnUser}\r\n"));
    }

    [TestCase("0.0.0.0", "127.0.0.1")]
    [TestCase("0.0.0.0", "127.9.8.7")]
    [TestCase("::", "::1")]
    public async Task User_of_a_caller_on_this_machine_is_told(string listen, string connect)
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.Parse(listen), 0));
        var address = new IPEndPoint(IPAddress.Parse(connect), ((IPEndPoint)proxy.EndPoint).Port);
        using var client = await RawConnection.ConnectAsync(address);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nWunderproxy-User: 4711\r\n\r\n");

        var upstream = await proxy.AcceptAsync();
        var head = await upstream.ReadHeadAsync();

        Assert.That(head, Does.Contain($"\r\nWunderproxy-User: {OwnUser}\r\n").And.Not.Contain("4711"));
    }

    [TestCase("X_Forwarded_For: 192.0.2.1")]
    [TestCase("X_Real_IP: 192.0.2.1")]
    [TestCase("X-Real-IP: 192.0.2.1\r\nX-Real-IP: 192.0.2.2")]
    [TestCase("Via: 1.1 a\r\nVia: 1.1 b")]
    public async Task Forwarding_headers_reach_the_rules_as_they_came(string lines)
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));

        var (_, _, head) = await proxy.BeginAsync($"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n");

        Assert.That(head, Does.Contain($"\r\n{lines}\r\n"));
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

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
