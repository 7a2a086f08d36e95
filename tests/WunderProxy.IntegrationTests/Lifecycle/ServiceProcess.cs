using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>The real program serving one application from a directory store; may be killed and started again.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("wunderproxy-");
    private readonly IPEndPoint _proxy = WunderProxyProcess.FreeEndPoint();
    private readonly IPEndPoint _api = WunderProxyProcess.FreeEndPoint();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private WunderProxyProcess? _process;

    public TestEngine Engine { get; } = new();

    public string App { get; } = $"kill{Guid.NewGuid():n}"[..12];

    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    public string Repository => $"localhost:{TestEnvironment.RegistryPort}/{App}";

    public string StoreFile(string name) => Path.Combine(_root.FullName, "store", "svc", name);

    public string TraceFile => Path.Combine(_root.FullName, "trace");

    public string Log => _process?.Errors ?? "";

    public WunderProxyProcess Process => _process!;

    /// <summary>Starts the program and waits until its manager API lives, or it died.</summary>
    public async Task StartAsync(IReadOnlyDictionary<string, string>? variables = null)
    {
        _process?.Dispose();
        _process = WunderProxyProcess.Start(
            [
                "run", $"file:{Path.Combine(_root.FullName, "store")}", "svc", App,
                "--proxy", _proxy.ToString(), "--api", _api.ToString(),
                "--docker-host", TestEnvironment.DockerHost,
                "--registry-port", TestEnvironment.RegistryPort.ToString(),
                "--state-dir", Path.Combine(_root.FullName, "state"),
                "--health-interval", "100ms", "--stop-timeout", "2s", "--shutdown-grace", "0s", "--access-log", "none",
                "--drain-timeout", "100ms",
                .. ExtraArguments,
            ],
            variables);
        await Eventually.TrueAsync(
            "the manager API lives",
            async () => _process.HasExited || (await _http.GetAsync(Api("livez"))).IsSuccessStatusCode);
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process!.Signal(WunderProxyProcess.SigKill);
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits until it serves and nothing is under way any more.</summary>
    public async Task SettleAsync()
    {
        var last = "";
        try
        {
            await Eventually.TrueAsync("it serves and has settled", async () =>
            {
                using var answer = await _http.GetAsync(Api("status"));
                last = await answer.Content.ReadAsStringAsync();
                var status = JsonNode.Parse(last)!;
                return answer.IsSuccessStatusCode && status["Status"]!.GetValue<string>() == "serving"
                    && status["Operation"] is null && status["Draining"]!.AsArray().Count == 0;
            });
        }
        catch (AssertionException exception)
        {
            throw new AssertionException($"{exception.Message}\n{last}\n{Log}", exception);
        }
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _http.GetStringAsync(Api(path)))!;

    /// <summary>Calls the manager API; null when the program died under the call.</summary>
    public async Task<JsonNode?> PostAsync(string path, byte[] body)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Api(path)) { Content = new ByteArrayContent(body) };
            request.Headers.Accept.ParseAdd("application/json");
            using var answer = await _http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.That(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
            return JsonNode.Parse(text);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>What the application answers through the proxy.</summary>
    public async Task<string> AskAsync() =>
        (await _http.GetStringAsync(new Uri($"http://{_proxy}/up"))).Trim();

    /// <summary>All containers of the application, as the engine knows them.</summary>
    public Task<IReadOnlyList<JsonNode>> ContainersAsync() => Engine.ListAsync($"wunderproxy.app={App}");

    public IReadOnlyList<JsonNode> Events() =>
        [.. Directory.EnumerateFiles(StoreFile("events")).Order(StringComparer.Ordinal).Select(file => JsonNode.Parse(File.ReadAllBytes(file))!)];

    public static byte[] Config(string greeting) => LifecycleHarness.Config(
        "r1", config => config["ContainerConfig"]!["Env"] = new JsonArray($"GREETING={greeting}"));

    public static string HashOf(byte[] config) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(config));

    public JsonArray History() => JsonSerializer.Deserialize<JsonArray>(File.ReadAllBytes(StoreFile("history.json")))!;

    public async ValueTask DisposeAsync()
    {
        _process?.Dispose();
        await Engine.RemoveApplicationAsync(App);
        Engine.Dispose();
        _http.Dispose();
        _root.Delete(recursive: true);
    }

    private Uri Api(string path) => new($"http://{_api}/{path}");
}
