using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>What the listener for load balancers does not do, and that nothing keeps it from what it does.</summary>
internal sealed class StatusListenerTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wunderproxy-status").FullName;
    private ApiFixture _api = null!;
    private StatusListener _listener = null!;
    private IPEndPoint _address = null!;

    private string SocketPath => Path.Combine(_directory, "status.sock");

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _api = new ApiFixture();
        _api.Slot.Switch(new Upstream(new IPEndPoint(IPAddress.Loopback, 1), "served", TimeProvider.System));
        var options = new StatusListenerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0), new UnixDomainSocketEndPoint(SocketPath)],
        };
        var listeners = ListenerSet.Bind(options.Listeners);
        _listener = new StatusListener(options, listeners, _api.Services, NullLoggerFactory.Instance, TimeProvider.System);
        await _listener.StartAsync(CancellationToken.None);
        _address = listeners.EndPoints().OfType<IPEndPoint>().Single();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _listener.DisposeAsync();
        await _api.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [TestCase("GET / HTTP/1.0", 405)]
    [TestCase("GET /containers HTTP/1.0", 404)]
    [TestCase("GET /history HTTP/1.0", 404)]
    [TestCase("GET /config/00ff HTTP/1.0", 404)]
    [TestCase("GET /config/00ff?unmasked=true HTTP/1.0", 404)]
    [TestCase("GET /status/ HTTP/1.0", 404)]
    [TestCase("GET /%2e%2e/containers HTTP/1.0", 404)]
    [TestCase("POST /deploy HTTP/1.0", 404)]
    [TestCase("POST /drain HTTP/1.0", 404)]
    [TestCase("POST /status HTTP/1.0", 405)]
    [TestCase("PUT /status HTTP/1.0", 405)]
    [TestCase("DELETE /metrics HTTP/1.0", 405)]
    [TestCase("TRACE /status HTTP/1.0", 405)]
    [TestCase("OPTIONS /deploy HTTP/1.0", 404)]
    public async Task Anything_else_is_not_there(string requestLine, int status)
    {
        var answer = await RawCaller.AskAsync(
            _address, $"{requestLine}\r\nHost: localhost\r\nAuthorization: Bearer x\r\n\r\n");

        Assert.That(answer, Does.StartWith($"HTTP/1.1 {status} ").And.Contain("application/json").And.Contain("{\"error\":\""));
        Assert.That(_api.Lifecycle.Calls, Is.Empty);
        Assert.That(_api.Instance.IsDraining, Is.False);
    }

    [Test]
    public async Task Unix_socket_is_for_every_user_of_the_machine()
    {
        var answer = await RawCaller.AskAsync(new UnixDomainSocketEndPoint(SocketPath), "GET /status HTTP/1.0\r\n\r\n");

        Assert.That(answer, Does.StartWith("HTTP/1.1 200 "));
        Assert.That(File.GetUnixFileMode(SocketPath), Is.EqualTo(StatusListenerOptions.UnixSocketMode));
    }

    [Test]
    public async Task Call_that_is_not_from_its_front_end_is_refused()
    {
        var answer = await RawCaller.AskAsync(
            new IPEndPoint(IPAddress.Loopback, _listener.HandlerPort),
            "GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nWunderproxy-Target: /status\r\nConnection: close\r\n\r\n");

        Assert.That(answer, Does.StartWith("HTTP/1.1 403 "));
    }

    [Test]
    public async Task Limits_of_the_proxy_hold_here()
    {
        var limits = new ForwarderLimits { MaxRequestLineBytes = 100, MaxRequestHeadBytes = 200, MaxHeaderCount = 3 };
        var options = new StatusListenerOptions { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)], Limits = limits };
        var listeners = ListenerSet.Bind(options.Listeners);
        await using var listener = new StatusListener(
            options, listeners, _api.Services, NullLoggerFactory.Instance, TimeProvider.System);
        await listener.StartAsync(CancellationToken.None);
        var address = listeners.All[0].EndPoint;

        var longLine = await RawCaller.AskAsync(address, $"GET /{new string('a', 100)} HTTP/1.0\r\n\r\n");
        var large = await RawCaller.AskAsync(address, $"GET / HTTP/1.0\r\nA: {new string('a', 200)}\r\n\r\n");
        var many = await RawCaller.AskAsync(address, "GET / HTTP/1.0\r\nA:\r\nA:\r\nA:\r\nA:\r\n\r\n");

        Assert.That(longLine, Does.StartWith("HTTP/1.1 414 ").And.Contain("{\"error\":\"request_line_too_long\""));
        Assert.That(large, Does.StartWith("HTTP/1.1 431 ").And.Contain("{\"error\":\"headers_too_large\""));
        Assert.That(many, Does.StartWith("HTTP/1.1 431 ").And.Contain("{\"error\":\"too_many_headers\""));
    }
}
