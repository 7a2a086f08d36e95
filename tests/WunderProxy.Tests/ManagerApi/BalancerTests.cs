using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>What load balancers send, byte for byte, at the manager API and at the listener for them.</summary>
[TestFixture(Listener.Api)]
[TestFixture(Listener.Status)]
internal sealed partial class BalancerTests(BalancerTests.Listener listener)
{
    private ApiFixture _api = null!;
    private IAsyncDisposable _server = null!;
    private IPEndPoint _address = null!;

    public enum Listener
    {
        Api,
        Status,
    }

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _api = new ApiFixture();
        EndPoint[] endPoints = [new IPEndPoint(IPAddress.Loopback, 0)];
        var bound = listener == Listener.Api
            ? StartApi(new ManagerApiOptions { EndPoints = endPoints })
            : await StartStatusAsync(new StatusListenerOptions { EndPoints = endPoints });
        _address = bound.OfType<IPEndPoint>().Single();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        await _api.DisposeAsync();
    }

    [SetUp]
    public void Serve() =>
        _api.Slot.Switch(new Upstream(new IPEndPoint(IPAddress.Loopback, 1), "served", TimeProvider.System));

    [TearDown]
    public void Leave() => _api.Instance.IsDraining = false;

    // Each as its documentation or source has it; a line end is written "|".
    [TestCase("OPTIONS / HTTP/1.0||", TestName = "HAProxy, option httpchk")]
    [TestCase("OPTIONS /status HTTP/1.0||", TestName = "HAProxy, option httpchk with a path alone")]
    [TestCase("GET /status HTTP/1.0||", TestName = "HAProxy, option httpchk GET")]
    [TestCase("HEAD /status HTTP/1.0|content-length: 0||", TestName = "HAProxy, HEAD with a length")]
    [TestCase("OPTIONS * HTTP/1.1|host: shop.example|connection: close||", TestName = "HAProxy, http-check send")]
    [TestCase("GET /status HTTP/1.1|host: shop.example|content-length: 0|connection: close||", TestName = "HAProxy, http-check send meth GET")]
    [TestCase("GET /status HTTP/1.0|User-Agent: KeepAliveClient|Host: 10.0.0.7:9000||", TestName = "keepalived, HTTP_GET")]
    [TestCase("GET /status HTTP/1.0|User-Agent: KeepAliveClient||", TestName = "keepalived, without a Host")]
    [TestCase("GET /status HTTP/1.0|Host: upstream|Connection: close||", TestName = "nginx, health_check and proxy_pass")]
    [TestCase("GET /status HTTP/1.1|Host: 10.0.0.7:9000|Connection: close|User-Agent: ELB-HealthChecker/2.0|Accept-Encoding: gzip, compressed||", TestName = "AWS ALB and NLB")]
    [TestCase("GET /status HTTP/1.0|Host: 10.0.0.7|User-Agent: ELB-HealthChecker/1.0|Accept: */*||", TestName = "AWS classic ELB")]
    [TestCase("GET /status HTTP/1.1|Host: 10.0.0.7|Connection: close|User-Agent: GoogleHC/1.0||", TestName = "Google Cloud")]
    [TestCase("GET /status HTTP/1.1|Connection: Close|Host: 10.0.0.7|User-Agent: Load Balancer Agent||", TestName = "Azure")]
    [TestCase("GET /status HTTP/1.0||", TestName = "F5 BIG-IP, as its default monitor")]
    [TestCase("GET /status HTTP/1.0|Host:||", TestName = "F5 BIG-IP, with an empty Host")]
    [TestCase("GET /status HTTP/1.1|Host: |Connection: Close||", TestName = "F5 BIG-IP, HTTP/1.1 with an empty Host")]
    [TestCase("GET /status HTTP/1.1|host: cluster_1|user-agent: Envoy/HC|connection: close|x-envoy-internal: true||", TestName = "Envoy")]
    [TestCase("GET /status HTTP/1.1|Host: 10.0.0.7:9000|User-Agent: kube-probe/1.34|Accept: */*|Connection: close||", TestName = "Kubernetes")]
    [TestCase("GET /status HTTP/1.1|Host: 10.0.0.7|User-Agent: Consul Health Check|Accept: text/plain, text/*, */*|Accept-Encoding: gzip|Connection: close||", TestName = "Consul")]
    [TestCase("GET http://10.0.0.7/status HTTP/1.1|Host: 10.0.0.7|Connection: close||", TestName = "a target with scheme and host")]
    [TestCase("GET /status?from=lb HTTP/1.1|Host: a|Connection: close, X-Forwarded-For|X-Forwarded-For: 10.0.0.9||", TestName = "a balancer in front of a balancer")]
    [TestCase("\r\nGET /status HTTP/1.0||", TestName = "an empty line first")]
    public async Task Balancer_learns_whether_to_send_requests(string request)
    {
        var bytes = request.Replace("|", "\r\n", StringComparison.Ordinal);

        var serving = await AskAsync(bytes);
        var halfClosed = await AskAsync(bytes, endsItsSide: true);
        _api.Instance.IsDraining = true;
        var leaving = await AskAsync(bytes);

        Assert.That(serving, Does.StartWith("HTTP/1.1 200 "));
        Assert.That(WithoutNumbers(halfClosed), Is.EqualTo(WithoutNumbers(serving)));
        Assert.That(leaving, Does.StartWith("HTTP/1.1 503 ").And.Contain("Retry-After: 5"));
        var isGet = request.Trim().StartsWith("GET", StringComparison.Ordinal);
        Assert.That(serving.EndsWith("\r\n\r\n", StringComparison.Ordinal), Is.EqualTo(!isGet));
    }

    [TestCase("/livez")]
    [TestCase("/metrics")]
    public async Task Other_calls_of_monitors_are_answered_to_all_three_methods(string path)
    {
        var got = await AskAsync($"GET {path} HTTP/1.0\r\n\r\n");
        var head = await AskAsync($"HEAD {path} HTTP/1.0\r\n\r\n");
        var options = await AskAsync($"OPTIONS {path} HTTP/1.0\r\n\r\n");

        Assert.That(got, Does.StartWith("HTTP/1.1 200 ").And.Not.EndWith("\r\n\r\n"));
        Assert.That(head, Does.StartWith("HTTP/1.1 200 ").And.EndWith("\r\n\r\n"));
        Assert.That(options, Does.StartWith("HTTP/1.1 200 ").And.Contain("Allow: GET, HEAD, OPTIONS").And.EndWith("\r\n\r\n"));
    }

    [Test]
    public async Task Several_requests_on_one_connection_are_answered_also_when_its_side_has_ended()
    {
        var answers = await AskAsync(
            "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /status HTTP/1.1\r\nHost: a\r\n\r\nGET /livez HTTP/1.1\r\nHost: a\r\n\r\n",
            endsItsSide: true);

        Assert.That(StatusLine().Matches(answers), Has.Count.EqualTo(3));
        Assert.That(answers, Does.EndWith("ok\n"));
    }

    [TestCase("GET /status HTTP/1.1\r\n\r\n", "missing in HTTP/1.1")]
    [TestCase("GET /status HTTP/1.1\r\nHost: a b\r\n\r\n", "malformed")]
    [TestCase("GET /status HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", "doubled")]
    public async Task Bad_host_is_refused(string request, string why)
    {
        Assert.That(await AskAsync(request), Does.StartWith("HTTP/1.1 400 ").And.Contain("{\"error\":\"bad_host\""), why);
    }

    [Test]
    public async Task Status_is_asked_for_by_whoever_asks_here()
    {
        await AskAsync("OPTIONS / HTTP/1.0\r\n\r\n");

        Assert.That(_api.Instance.WasStatusAskedWithin(TimeSpan.FromMinutes(1)), Is.True);
    }

    private static string WithoutNumbers(string answer) => Number().Replace(answer, "0");

    [GeneratedRegex(@"\d+([.,:]\d+)*|\w+, \d\d \w+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();

    [GeneratedRegex("HTTP/1.1 200 ", RegexOptions.None, 1000)]
    private static partial Regex StatusLine();

    private IReadOnlyList<EndPoint> StartApi(ManagerApiOptions options)
    {
        var server = new ManagerApiServer(
            options, ApiToken.From(options), _api.Services, NullLoggerFactory.Instance, TimeProvider.System);
        _server = server;
        return server.StartOn(options);
    }

    private async Task<IReadOnlyList<EndPoint>> StartStatusAsync(StatusListenerOptions options)
    {
        var listeners = ListenerSet.Bind(options.Listeners);
        var server = new StatusListener(options, listeners, _api.Services, NullLoggerFactory.Instance, TimeProvider.System);
        _server = server;
        await server.StartAsync(CancellationToken.None);
        return listeners.EndPoints();
    }

    private Task<string> AskAsync(string request, bool endsItsSide = false) =>
        RawCaller.AskAsync(_address, request, endsItsSide);
}
