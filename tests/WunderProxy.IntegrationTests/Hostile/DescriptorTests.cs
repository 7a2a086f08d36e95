using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>
/// Few files may be open: as many clients as that allows are served at once, more than that bring nothing down, and
/// afterwards everything is served again.
/// </summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.WithOpenSsl))]
internal sealed class DescriptorTests(string wiring)
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string WebSocket = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    // The largest takes a minute; it is run by hand with WUNDERPROXY_TEST_HOSTILE=full.
    private static readonly (int Limit, int Clients)[] Limits =
        HostileProxy.IsFull ? [(256, 60), (1024, 400), (4096, 1900)] : [(256, 60), (1024, 400)];

    /// <summary>With containers the smallest limit, the hardest, is tried in the one check; the full form tries all.</summary>
    private static readonly (int Limit, int Clients)[] LimitsWithContainers = HostileProxy.IsFull ? Limits : Limits[..1];

    private readonly ProxyWiring _wiring = ProxyWiring.Parse(wiring);

    [TestCaseSource(nameof(Limits))]
    public async Task Clients_of_a_slow_application_are_served_and_a_crowd_ends_nothing((int Limit, int Clients) bounds)
    {
        using var origin = new HoldingOrigin();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero });
        var (listener, api) = (WunderProxyProcess.FreeEndPoint(), WunderProxyProcess.FreeEndPoint());
        using var process = WunderProxyProcess.Start(
            [
                "forward", "--upstream", $"{origin.EndPoint}", .. _wiring.OptionsFor($"{listener}"), "--api", $"{api}",
                "--access-log", "none", "--shutdown-grace", "0s", "--response-timeout", "5m",
            ],
            wrapper: Limited(bounds.Limit));
        using var bridge = BridgeTo(listener);
        var proxy = bridge?.EndPoint ?? listener;
        await Eventually.TrueAsync("the proxy", async () => await StatusAsync(http, api) == 200);

        var clients = await OpenAsync(proxy, Request, bounds.Clients);
        await Eventually.TrueAsync("all of them to be served", () => origin.Waiting >= bounds.Clients, seconds: 60);
        Assert.That(await StatusAsync(http, api), Is.EqualTo(200));

        // Far more than there are descriptors for: they are told so, or wait.
        var crowd = await OpenAsync(proxy, Request, bounds.Limit);
        Assert.That(await StatusAsync(http, api), Is.EqualTo(200));
        origin.Release();
        var answers = await Task.WhenAll(clients.Select(client => client.ReadThroughAsync("ok")));
        Array.ForEach(clients, client => client.Dispose());
        Array.ForEach(crowd, client => client.Dispose());

        Assert.That(answers, Has.All.StartWith("HTTP/1.1 200 "));
        await Eventually.TrueAsync("others to be served again", () => IsServedAsync(http, $"http://{proxy}/"));
        Assert.Multiple(() =>
        {
            Assert.That(process.HasExited, Is.False, process.Errors);
            Assert.That(process.Errors, Does.Not.Contain(" ERROR ").And.Not.Contain("Out of memory"));
        });
        process.Signal(WunderProxyProcess.SigTerm);
        Assert.That(await process.WaitForExitAsync(), Is.Zero, process.Errors);
    }

    [TestCaseSource(nameof(LimitsWithContainers))]
    public async Task Clients_of_a_container_are_served_beside_the_engine_and_the_store((int Limit, int Clients) bounds)
    {
        await using var service = await TestService.CreateAsync(StoreKind.S3, "r1", "r2");
        var listener = _wiring.IsSecure ? WunderProxyProcess.FreeEndPoint() : service.Proxy;
        await service.StartWithAsync(
            ["run", .. service.Arguments([.. _wiring.OptionsFor($"{listener}")])], wrapper: Limited(bounds.Limit));
        using var bridge = BridgeTo(listener);
        var proxy = bridge?.EndPoint ?? listener;
        await service.WaitUntilIdleAsync();
        await service.DeployAsync(LaunchConfigText.Of("r1"));

        var clients = await OpenAsync(proxy, WebSocket, bounds.Clients);
        var answers = await Task.WhenAll(clients.Select(client => client.ReadHeadAsync()));
        var crowd = await OpenAsync(proxy, Request, bounds.Limit);
        var status = await service.GetAsync("/status");

        Assert.That(answers, Has.All.StartWith("HTTP/1.1 101 "));
        Assert.That(status.Status, Is.EqualTo(200));
        Array.ForEach(crowd, client => client.Dispose());
        Array.ForEach(clients, client => client.Dispose());
        await service.DeployAsync(LaunchConfigText.Of("r2"));
        Assert.That(await service.ServedRevisionAsync(), Is.EqualTo("r2"));
        Assert.That(service.Process!.Errors, Does.Not.Contain(" ERROR "));
    }

    [Test]
    public async Task Larger_number_of_connections_is_lowered_with_a_warning()
    {
        using var origin = new HoldingOrigin();
        using var process = WunderProxyProcess.Start(
            [
                "forward", "--upstream", $"{origin.EndPoint}", .. _wiring.Options, "--max-connections", "5000",
            ],
            wrapper: Limited(1024));

        await Eventually.TrueAsync("the proxy", () => process.Errors.Contains("proxy on ", StringComparison.Ordinal));

        Assert.That(process.Errors, Does.Match(@" WARN  --max-connections 5000 is lowered to 4\d\d: "));
    }

    private static string[] Limited(int files) => ["prlimit", $"--nofile={files}:{files}"];

    private TlsBridge? BridgeTo(EndPoint listener) => _wiring.IsSecure ? new TlsBridge(listener) : null;

    private static async Task<RawConnection[]> OpenAsync(EndPoint proxy, string request, int count)
    {
        var connections = new List<RawConnection>();
        while (connections.Count < count)
        {
            var connection = await RawConnection.ConnectAsync(proxy);
            connections.Add(connection);
            try
            {
                await connection.SendAsync(request);
            }
            catch (SocketException)
            {
                // One too many, answered and closed before it had asked.
            }
        }

        return [.. connections];
    }

    private static async Task<int> StatusAsync(HttpClient http, IPEndPoint api)
    {
        using var answer = await http.GetAsync(new Uri($"http://{api}/status"));
        return (int)answer.StatusCode;
    }

    private static async Task<bool> IsServedAsync(HttpClient http, string address)
    {
        using var answer = await http.GetAsync(new Uri(address));
        return answer.IsSuccessStatusCode;
    }
}
