using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>WunderProxy itself as a container with the engine's socket mounted, as a load balancer sees it.</summary>
[Parallelizable]
internal sealed class ContainerImageTests
{
    private const string Image = "wunderproxy:test";
    private const string Token = "secret-of-the-test";

    private readonly string _app = $"app{Guid.NewGuid().ToString("N")[..8]}";
    private readonly TestEngine _engine = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private string? _container;

    private string Repository => $"localhost:{TestEnvironment.RegistryPort}/{_app}";

    [Test]
    public async Task On_the_host_network_it_serves_and_its_status_is_seen()
    {
        var proxy = WunderProxyProcess.FreeEndPoint();
        var api = WunderProxyProcess.FreeEndPoint();

        await StartAsync("host", ["--proxy", proxy.ToString(), "--api", api.ToString()]);

        await AssertServesAsync(proxy, api);
    }

    [Test]
    public async Task On_a_bridge_network_it_serves_and_its_status_is_seen()
    {
        await StartAsync("bridge", []);
        var address = await _engine.AddressAsync(_container!);

        await AssertServesAsync(new IPEndPoint(address, 80), new IPEndPoint(address, 8001));
    }

    [TearDown]
    public async Task RemoveContainersAsync()
    {
        if (_container is not null)
        {
            await _engine.RemoveAsync(_container);
        }

        await _engine.RemoveApplicationAsync(_app);
    }

    [OneTimeTearDown]
    public void CloseClients()
    {
        _engine.Dispose();
        _http.Dispose();
    }

    private async Task StartAsync(string network, string[] arguments)
    {
        await _engine.TagSampleAsync(Repository, "r1");
        _container = await _engine.RunAsync($"wunderproxy-{_app}", new JsonObject
        {
            ["Image"] = Image,
            ["Cmd"] = new JsonArray(
            [
                "file:/var/lib/wunderproxy/store", "prefix", _app, "--registry-port", $"{TestEnvironment.RegistryPort}",
                "--api-token", Token, .. arguments.Select(argument => JsonValue.Create(argument)),
            ]),
            ["HostConfig"] = new JsonObject
            {
                ["NetworkMode"] = network,
                ["Binds"] = new JsonArray($"{TestEngine.SocketPath}:/var/run/docker.sock"),
            },
        });
    }

    /// <summary>The balancer's check says no, a deploy follows, the check says yes and traffic arrives.</summary>
    private async Task AssertServesAsync(IPEndPoint proxy, IPEndPoint api)
    {
        await Eventually.TrueAsync("the check before a deploy", async () => await CheckAsync(api) == HttpStatusCode.ServiceUnavailable);

        using var deploy = new HttpRequestMessage(HttpMethod.Post, $"http://{api}/deploy");
        deploy.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        deploy.Content = new StringContent(LaunchConfigText.Of("r1"));
        using var deployed = await _http.SendAsync(deploy);
        Assert.That(deployed.StatusCode, Is.EqualTo(HttpStatusCode.OK), await deployed.Content.ReadAsStringAsync());

        Assert.That(await CheckAsync(api), Is.EqualTo(HttpStatusCode.OK));
        using var page = await _http.GetAsync(new Uri($"http://{proxy}/"));
        Assert.That(page.Headers.GetValues("X-Revision"), Is.EqualTo(new[] { "r1" }));
    }

    private async Task<HttpStatusCode> CheckAsync(IPEndPoint api)
    {
        using var response = await _http.GetAsync(new Uri($"http://{api}/status"));
        return response.StatusCode;
    }
}
