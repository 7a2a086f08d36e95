using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Tests.Transport;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;
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
            "GET /status HTTP/1.1\r\nHost: api.test\r\nWunderproxy-Caller: unix\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n");

        Assert.That(head, Is.EqualTo(
            $"GET / HTTP/1.1\r\nHost: {proxy.Application.EndPoint}\r\nX-Forwarded-For: 1.2.3.4\r\n"
            + $"Wunderproxy-Secret: s3cret\r\nWunderproxy-Caller: {client.LocalEndPoint}\r\nWunderproxy-Target: /status\r\n"
            + $"Wunderproxy-Host: api.test\r\nWunderproxy-Scheme: http\r\nWunderproxy-User: {OwnUser}\r\n"
            + "Content-Length: 0\r\n\r\n"));
    }

    [TestCase("Connection", "1.1")]
    [TestCase("cONNECTION", "1.0")]
    public async Task Nothing_that_the_access_rules_read_can_be_named_away(string connection, string version)
    {
        string[] fields =
        [
            "X-Forwarded-For: 1.2.3.4", "forwarded: for=1.2.3.4", "Via: 1.1 lb", "Origin: http://a", "X-Real-IP: 1.2.3.4",
            "Sec-Fetch-Site: cross-site", "Authorization: Bearer x", "CF-Connecting-IP: 1.2.3.4", "X-Any: 1",
            "X_Forwarded_For: 1.2.3.4", "X-Lb-Client: 1.2.3.4",
        ];
        var names = fields.Select(field => field.Split(':')[0]).ToArray();
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));

        var (_, _, head) = await proxy.BeginAsync(
            $"POST / HTTP/{version}\r\nHost: a\r\n{connection}: close, {string.Join(" ,\t", names.Take(5))}\r\n"
            + $"{string.Join("\r\n", fields)}\r\n{connection}: {string.Join(',', names.Skip(5)).ToUpperInvariant()}\r\n\r\n");

        Assert.Multiple(() => Array.ForEach(fields, field => Assert.That(head, Does.Contain($"\r\n{field}\r\n"))));
    }

    [Test]
    public async Task Stamp_can_be_neither_forged_nor_named_away()
    {
        string[] names = ["Secret", "Peer", "Target", "Host", "Scheme", "User", "Fallback"];
        var forged = string.Concat(names.Select(name => $"Wunderproxy-{name}: x\r\nwunderproxy-{name}: y\r\n"));
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));

        var (client, _, head) = await proxy.BeginAsync(
            $"GET /a HTTP/1.1\r\nHost: a\r\nConnection: Wunderproxy-Caller, Wunderproxy-Secret, Host\r\n{forged}\r\n");

        Assert.That(head.Split("\r\n").Where(line => line.StartsWith("wunderproxy", StringComparison.OrdinalIgnoreCase)), Is.EqualTo(
            (string[])[
                "Wunderproxy-Secret: s3cret", $"Wunderproxy-Caller: {client.LocalEndPoint}", "Wunderproxy-Target: /a",
                "Wunderproxy-Host: a", "Wunderproxy-Scheme: http", $"Wunderproxy-User: {OwnUser}",
            ]));
    }

    [TestCase("GET /a%zz?b=%0a HTTP/1.1", "/a%zz?b=%0a")]
    [TestCase("GET //a/../b HTTP/1.1", "//a/../b")]
    [TestCase("GET http://other/c?d HTTP/1.1", "/c?d")]
    [TestCase("GET http://other HTTP/1.1", "/")]
    [TestCase("OPTIONS * HTTP/1.1", "*")]
    [TestCase("OPTIONS http://other HTTP/1.0", "*")]
    public async Task Target_goes_into_the_stamp(string requestLine, string expected)
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));

        var (_, _, head) = await proxy.BeginAsync($"{requestLine}\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");

        Assert.That(head, Does.StartWith($"{requestLine.Split(' ')[0]} / HTTP/1.1\r\n").And.Contain($"Wunderproxy-Target: {expected}\r\n"));
    }

    [TestCase("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [TestCase("GET / HTTP/1.0\r\n\r\n")]
    [TestCase("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok")]
    [TestCase("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    public async Task Caller_that_has_ended_its_side_is_answered(string request)
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(request);
        client.ShutdownSend();
        var handler = await proxy.AcceptAsync();
        await handler.ReadHeadAsync();
        await handler.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

        Assert.That((await client.ReadToEndAsync()).Text, Does.StartWith("HTTP/1.1 200 OK\r\n").And.EndWith("\r\n\r\nok"));
    }

    [Test]
    public async Task Requests_before_the_end_of_the_callers_side_are_all_answered()
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        client.ShutdownSend();
        var handler = await proxy.AcceptAsync();
        for (var count = 1; count <= 2; count++)
        {
            await handler.ReadHeadAsync();
            await handler.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{count}.");
        }

        Assert.That((await client.ReadToEndAsync()).Text, Does.Contain("1.HTTP/1.1 200").And.EndWith("2."));
    }

    [TestCase("GET / HTTP/1.1\r\n\r\n", 400, "bad_host")]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "bad_host")]
    [TestCase("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "bad_host")]
    [TestCase("GET http://a@b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_host")]
    [TestCase("GET /\x0001 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target")]
    [TestCase("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_method")]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\nX: \x0000\r\n\r\n", 400, "bad_field_value")]
    [TestCase("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400, "bad_content_length")]
    [TestCase("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, "unknown_transfer_coding")]
    [TestCase("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501, "connect_refused")]
    [TestCase("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, "unsupported_version")]
    public async Task Refusal_has_the_shape_of_the_apis_own_errors(string request, int status, string code)
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(request);
        client.ShutdownSend();

        Assert.That((await client.ReadToEndAsync()).Text, Does.StartWith($"HTTP/1.1 {status} ")
            .And.Contain("Content-Type: application/json\r\n").And.Contain($"{{\"error\":\"{code}\",\"message\":\""));
    }

    [Test]
    public async Task Bad_chunk_is_refused_in_that_shape_too()
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));
        var (client, _, _) = await proxy.BeginAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.SendAsync("x\r\n");

        Assert.That((await client.ReadToEndAsync()).Text, Does.StartWith("HTTP/1.1 400 ").And.Contain("{\"error\":\"bad_request_body\""));
    }

    [Test]
    public async Task Connection_that_is_one_too_many_is_refused_in_that_shape_too()
    {
        await using var proxy = ProxyUnderTest.Start(
            transport, options => options with { ApiStamp = new RequestStamp("s3cret"), MaxConnections = 1 });
        await proxy.BeginAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        using var client = await proxy.ConnectAsync();

        Assert.That((await client.ReadToEndAsync()).Text, Does.StartWith("HTTP/1.1 503 ").And.Contain("{\"error\":\"too_many_connections\""));
    }

    [Test]
    public async Task Caller_with_an_address_of_version_6_is_named_in_brackets()
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.IPv6Loopback, 0));

        var (client, _, head) = await proxy.BeginAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.That(head, Does.Contain($"Wunderproxy-Caller: {client.LocalEndPoint}\r\n").And.Contain("Caller: [::1]:"));
    }

    [Test]
    public async Task Caller_on_a_unix_socket_is_named_so()
    {
        var path = TemporaryPaths.NewSocketPath();
        await using var proxy = Start(new UnixDomainSocketEndPoint(path));

        var (_, _, head) = await proxy.BeginAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.That(head, Does.Contain("Wunderproxy-Caller: unix\r\n").And.Contain($"Wunderproxy-User: {OwnUser}\r\n"));
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
    [TestCase("PUT / HTTP/1.1\r\nHost: a\r\n\r\n", "Content-Length: 0\r\n")]
    [TestCase("put / HTTP/1.0\r\n\r\n", "Content-Length: 0\r\n")]
    [TestCase("PATCH / HTTP/1.1\r\nHost: a\r\nConnection: Content-Length\r\n\r\n", "Content-Length: 0\r\n")]
    [TestCase("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok", "Content-Length: 2\r\n")]
    public async Task Length_is_always_said(string request, string expected)
    {
        await using var proxy = Start(new IPEndPoint(IPAddress.Loopback, 0));

        var (_, _, head) = await proxy.BeginAsync(request);

        Assert.That(head, Does.Contain(expected));
    }

    private ProxyUnderTest Start(EndPoint endPoint) => ProxyUnderTest.Start(
        transport,
        options => options with { ApiStamp = new RequestStamp("s3cret") },
        listeners: ListenerSet.Bind([new ListenerOptions(endPoint)]));

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
