using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>
/// A second client of the test engine, so that tests do not rely on the client of the program under test.
/// </summary>
/// <param name="socketPath">Socket of another engine; null for the test engine.</param>
internal sealed class TestEngine(string? socketPath = null) : IDisposable
{
    /// <summary>The image of the sample application from which tests make theirs.</summary>
    public static readonly string SampleImage = $"localhost:{TestEnvironment.RegistryPort}/sample:r1";

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = (_, cancellationToken) => ConnectAsync(socketPath ?? SocketPath, cancellationToken),
    })
    {
        BaseAddress = new Uri("http://engine/"),
        Timeout = TimeSpan.FromSeconds(60),
    };

    public static string SocketPath => TestEnvironment.DockerHost["unix://".Length..];

    /// <summary>Gives the sample application's image another name.</summary>
    public async Task TagSampleAsync(string repository, string tag) =>
        await SendAsync(HttpMethod.Post, $"images/{SampleImage}/tag?repo={Uri.EscapeDataString(repository)}&tag={tag}");

    /// <summary>Creates and starts a container of the engine's own JSON.</summary>
    /// <returns>Id of the container.</returns>
    public async Task<string> RunAsync(string name, JsonObject config)
    {
        var created = await SendAsync(HttpMethod.Post, $"containers/create?name={name}", config);
        var id = created!["Id"]!.GetValue<string>();
        await SendAsync(HttpMethod.Post, $"containers/{id}/start");
        return id;
    }

    public async Task StartAsync(string id) => await SendAsync(HttpMethod.Post, $"containers/{id}/start");

    public async Task StopAsync(string id, int seconds = 10) => await SendAsync(HttpMethod.Post, $"containers/{id}/stop?t={seconds}");

    public async Task KillAsync(string id, string signal = "KILL") =>
        await SendAsync(HttpMethod.Post, $"containers/{id}/kill?signal={signal}");

    public async Task<JsonNode> InspectAsync(string id) => (await SendAsync(HttpMethod.Get, $"containers/{id}/json"))!;

    /// <summary>Returns a container's address on the engine's default network.</summary>
    public async Task<IPAddress> AddressAsync(string id)
    {
        var networks = (await InspectAsync(id))["NetworkSettings"]!["Networks"]!.AsObject();
        return IPAddress.Parse(networks.First().Value!["IPAddress"]!.GetValue<string>());
    }

    /// <summary>Returns the containers with a label (<c>name=value</c>), stopped ones included.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync(string label)
    {
        var filters = new JsonObject { ["label"] = new JsonArray(label) }.ToJsonString();
        var list = await SendAsync(HttpMethod.Get, $"containers/json?all=1&filters={Uri.EscapeDataString(filters)}");
        return [.. list!.AsArray().Select(item => item!)];
    }

    public async Task RemoveAsync(string id) => await SendAsync(HttpMethod.Delete, $"containers/{id}?force=1&v=1", accept: HttpStatusCode.NotFound);

    /// <summary>Removes the containers of an application and the images that were tagged for it.</summary>
    public async Task RemoveApplicationAsync(string app)
    {
        foreach (var container in await ListAsync($"wunderproxy.app={app}"))
        {
            await RemoveAsync(container["Id"]!.GetValue<string>());
        }

        await RemoveImagesAsync($"localhost:{TestEnvironment.RegistryPort}/{app}");
    }

    /// <summary>Removes every tag of a repository.</summary>
    public async Task RemoveImagesAsync(string repository)
    {
        var filters = new JsonObject { ["reference"] = new JsonArray(repository) }.ToJsonString();
        var images = await SendAsync(HttpMethod.Get, $"images/json?filters={Uri.EscapeDataString(filters)}");
        foreach (var tag in images!.AsArray().SelectMany(image => image!["RepoTags"]!.AsArray()))
        {
            await SendAsync(HttpMethod.Delete, $"images/{tag!.GetValue<string>()}?force=1", accept: HttpStatusCode.NotFound);
        }
    }

    /// <summary>Pushes an image to the test registry.</summary>
    public async Task PushAsync(string repository, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"images/{repository}/push?tag={tag}");
        request.Headers.Add("X-Registry-Auth", "e30=");
        using var response = await _http.SendAsync(request);
        await AssertDoneAsync(response, "push");
    }

    /// <summary>Pulls an image from the test registry.</summary>
    public async Task PullAsync(string repository, string tag)
    {
        using var response = await _http.PostAsync(
            new Uri($"images/create?fromImage={Uri.EscapeDataString(repository)}&tag={tag}", UriKind.Relative), content: null);
        await AssertDoneAsync(response, "pull");
    }

    /// <summary>Creates an image of one layer.</summary>
    public async Task ImportAsync(string repository, string tag, Stream layer)
    {
        using var content = new StreamContent(layer);
        using var response = await _http.PostAsync(
            new Uri($"images/create?fromSrc=-&repo={Uri.EscapeDataString(repository)}&tag={tag}", UriKind.Relative), content);
        await AssertDoneAsync(response, "import");
    }

    public async Task<JsonNode> InspectImageAsync(string image) => (await SendAsync(HttpMethod.Get, $"images/{image}/json"))!;

    /// <summary>Reads an answer of the engine as a stream.</summary>
    public Task<Stream> OpenAsync(string path) => _http.GetStreamAsync(new Uri(path, UriKind.Relative));

    /// <summary>Opens an image as a tar file that the engine can load.</summary>
    public Task<Stream> SaveAsync(string image) => _http.GetStreamAsync(new Uri($"images/{image}/get", UriKind.Relative));

    /// <summary>Calls the engine and returns its JSON answer, if there is one.</summary>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonObject? body = null, HttpStatusCode? accept = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.NotModified && response.StatusCode != accept)
        {
            throw new AssertionException($"engine: {method} {path}: {(int)response.StatusCode} {text}");
        }

        return text.StartsWith('{') || text.StartsWith('[') ? JsonNode.Parse(text) : null;
    }

    public void Dispose() => _http.Dispose();

    // Errors after the first byte are reported in the progress stream.
    private static async Task AssertDoneAsync(HttpResponseMessage response, string what)
    {
        var progress = await response.Content.ReadAsStringAsync();
        Assert.That(response.IsSuccessStatusCode, $"{what}: {progress}");
        Assert.That(progress, Does.Not.Contain("\"error\""), what);
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
