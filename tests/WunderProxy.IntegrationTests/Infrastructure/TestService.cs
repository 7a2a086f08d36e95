using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Storage;
using WunderProxy.LoadClient;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>
/// One application under <c>wunderproxy run</c>: the process, its store, its state folder, its images and containers.
/// What it made in the engine goes when it is disposed of.
/// </summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromSeconds(120),
    };

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("wunderproxy-state-");

    private TestService(ITestStore store, string? prefix)
    {
        Store = store;
        Prefix = prefix ?? $"prefix/{App}";
    }

    /// <summary>A name that no other test uses.</summary>
    public string App { get; } = $"app{Guid.NewGuid().ToString("N")[..8]}";

    public string Prefix { get; }

    public ITestStore Store { get; }

    public TestEngine Engine { get; } = new();

    public IPEndPoint Proxy { get; } = WunderProxyProcess.FreeEndPoint();

    public IPEndPoint Api { get; } = WunderProxyProcess.FreeEndPoint();

    public string StateFolder => _state.FullName;

    /// <summary>The token that calls of the manager API carry; null for none.</summary>
    public string? Token { get; set; }

    /// <summary>The process that runs, or ran last.</summary>
    public WunderProxyProcess? Process { get; private set; }

    public LoadOptions Load => new() { EndPoint = Proxy };

    public string Repository => $"localhost:{TestEnvironment.RegistryPort}/{App}";

    /// <summary>An application with images for these revisions; nothing runs yet.</summary>
    public static Task<TestService> CreateAsync(StoreKind kind = StoreKind.Folder, params string[] revisions) =>
        CreateOnAsync(kind, null, revisions);

    /// <summary>One more service on a prefix, as on another machine; by another name, since both use one engine.</summary>
    public static Task<TestService> CreateBesideAsync(StoreKind kind, string prefix) => CreateOnAsync(kind, prefix, []);

    private static async Task<TestService> CreateOnAsync(StoreKind kind, string? prefix, string[] revisions)
    {
        ITestStore store = kind switch
        {
            StoreKind.S3 => new BucketStore(TestEnvironment.S3Bucket, TestEnvironment.S3Variables),
            StoreKind.Swift => new BucketStore(TestEnvironment.Get("WUNDERPROXY_TEST_SWIFT_BUCKET"), TestS3.VariablesOf(TestS3.Swift)),
            _ => new FolderStore(),
        };
        return await CreateInAsync(store, prefix, revisions);
    }

    /// <summary>An application in a store of its own; it goes with the service.</summary>
    public static async Task<TestService> CreateInAsync(ITestStore store, string? prefix = null, params string[] revisions)
    {
        var service = new TestService(store, prefix);
        foreach (var revision in revisions)
        {
            await service.Engine.TagSampleAsync(service.Repository, revision);
        }

        return service;
    }

    /// <summary>As <see cref="CreateAsync"/>, then started.</summary>
    public static async Task<TestService> StartNewAsync(StoreKind kind = StoreKind.Folder, params string[] revisions)
    {
        var service = await CreateAsync(kind, revisions);
        try
        {
            await service.StartAsync();
            return service;
        }
        catch
        {
            // Nobody else knows the process yet.
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>The arguments that name this application and its addresses; an option given here replaces ours.</summary>
    public string[] Arguments(params string[] more)
    {
        (string Option, string Value)[] defaults =
        [
            ("--proxy", Proxy.ToString()), ("--api", Api.ToString()), ("--state-dir", StateFolder),
            ("--registry-port", TestEnvironment.RegistryPort.ToString()), ("--docker-host", TestEnvironment.DockerHost),
            ("--health-interval", "50ms"), ("--access-log", "none"), ("--shutdown-grace", "0s"), ("--drain-timeout", "10s"),
        ];
        var ours = defaults.Where(pair => !more.Contains(pair.Option)).SelectMany(pair => new[] { pair.Option, pair.Value });
        return [Store.Bucket, Prefix, App, .. ours, .. more];
    }

    /// <summary>Starts <c>run</c> and waits until it takes calls; a call during the start would find it busy.</summary>
    public async Task StartAsync(params string[] more)
    {
        await StartWithAsync(["run", .. Arguments(more)]);
        await WaitUntilIdleAsync();
    }

    /// <summary>Starts the program with these arguments and waits until its API answers.</summary>
    public async Task StartWithAsync(
        string[] arguments, IReadOnlyDictionary<string, string>? variables = null, IReadOnlyList<string>? wrapper = null)
    {
        Process = WunderProxyProcess.Start(arguments, variables ?? Store.Variables, wrapper);
        await EventuallyAsync("the manager API", async () => Process.HasExited || (await GetAsync("/livez")).Status == 200, 60);
        if (Process.HasExited)
        {
            Assert.Fail($"ended with code {await Process.WaitForExitAsync()}\n{Process.Output}\n{Process.Errors}");
        }
    }

    /// <summary>As <see cref="Eventually"/>; a failure tells what the program said.</summary>
    public async Task EventuallyAsync(string what, Func<Task<bool>> condition, int seconds = 30)
    {
        try
        {
            await Eventually.TrueAsync(what, condition, seconds);
        }
        catch (AssertionException exception)
        {
            throw new AssertionException($"{exception.Message}\n{Process?.Output}\n{Process?.Errors}", exception);
        }
    }

    /// <summary>Waits until the application is served.</summary>
    public async Task WaitUntilServingAsync(string revision)
    {
        await Eventually.TrueAsync($"revision {revision} in service", async () => await ServedRevisionAsync() == revision);
        await WaitUntilIdleAsync();
    }

    /// <summary>Waits until no operation is under way.</summary>
    public Task WaitUntilIdleAsync() => Eventually.TrueAsync("the end of the operation", async () =>
        await StatusAsync() is var status && status["Operation"] is null && status["Status"]!.GetValue<string>() != "starting");

    /// <summary>Ends the process in order.</summary>
    public async Task StopAsync()
    {
        Process!.Signal(WunderProxyProcess.SigTerm);
        Assert.That(await Process.WaitForExitAsync(), Is.Zero, Process.Errors);
    }

    /// <summary>Ends the process without a chance to tidy up.</summary>
    public async Task KillAsync()
    {
        Process!.Signal(WunderProxyProcess.SigKill);
        await Process.WaitForExitAsync();
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, Api, path, body: null, accept: "application/json");

    /// <summary>Calls the manager API for a JSON answer.</summary>
    public Task<Answer> PostAsync(string path, string body = "") => SendAsync(HttpMethod.Post, Api, path, body, "application/json");

    /// <summary>Calls it as the old tool's scripts do: no Accept header, the answer is text.</summary>
    public Task<Answer> PostForTextAsync(string path, string body) => SendAsync(HttpMethod.Post, Api, path, body, accept: null);

    /// <summary>Sends a request through the proxy.</summary>
    public Task<Answer> GetProxiedAsync(string path) => SendAsync(HttpMethod.Get, Proxy, path, body: null, accept: null);

    /// <summary>Sends a request through the proxy and leaves the body of its answer unread.</summary>
    public Task<HttpResponseMessage> OpenProxiedAsync(string path) =>
        _http.GetAsync(new Uri($"http://{Proxy}{path}"), HttpCompletionOption.ResponseHeadersRead);

    /// <summary>The revision that answers through the proxy; null when none does.</summary>
    public async Task<string?> ServedRevisionAsync()
    {
        var answer = await GetProxiedAsync("/up");
        return answer.Status == 200 ? answer.Headers.GetValues("X-Revision").Single() : null;
    }

    public async Task<JsonNode> StatusAsync() => (await GetAsync("/status")).Json;

    /// <summary>Deploys and expects success.</summary>
    public async Task<JsonNode> DeployAsync(string config)
    {
        var answer = await PostAsync("/deploy", config);
        Assert.That(answer.Status, Is.EqualTo(200), $"{answer}\n{Process?.Errors}");
        return answer.Json;
    }

    /// <summary>Puts a launch config into the store past the product and returns its SHA-256.</summary>
    public async Task<string> StoreConfigAsync(string config)
    {
        var bytes = Encoding.UTF8.GetBytes(config);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        await Store.PutAsync($"{Prefix}/container.{hash}.json", bytes);
        return hash;
    }

    /// <summary>Launches and switches to a stored config, expecting success.</summary>
    public async Task LaunchAndSwitchAsync(string hash)
    {
        var launched = await PostAsync("/launch", hash);
        Assert.That(launched.Status, Is.EqualTo(200), launched.ToString());
        var switched = await PostAsync("/switch", hash);
        Assert.That(switched.Status, Is.EqualTo(200), switched.ToString());
    }

    /// <summary>The containers of this application that the engine says are running.</summary>
    public async Task<IReadOnlyList<JsonNode>> RunningContainersAsync() =>
        [.. (await Engine.ListAsync($"wunderproxy.app={App}")).Where(item => item["State"]!.GetValue<string>() == "running")];

    public async ValueTask DisposeAsync()
    {
        if (Process is { } process && TestContext.CurrentContext.Result.FailCount > 0)
        {
            TestContext.Out.WriteLine($"wunderproxy said:\n{process.Output}\n{process.Errors}");
        }

        Process?.Dispose();
        await Engine.RemoveApplicationAsync(App);
        Engine.Dispose();
        _http.Dispose();
        Store.Dispose();
        _state.Delete(recursive: true);
    }

    private async Task<Answer> SendAsync(HttpMethod method, IPEndPoint endPoint, string path, string? body, string? accept)
    {
        using var request = new HttpRequestMessage(method, $"http://{endPoint}{path}");
        request.Content = body is null ? null : new StringContent(body);
        if (accept is not null)
        {
            request.Headers.Accept.ParseAdd(accept);
        }

        if (Token is not null && endPoint.Equals(Api))
        {
            request.Headers.Authorization = new("Bearer", Token);
        }

        using var response = await _http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }
}
