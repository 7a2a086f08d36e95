using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Docker;

/// <summary>HTTP calls to the engine: API version, time limits and error handling.</summary>
internal sealed class EngineConnection : IDisposable
{
    /// <summary>Time limit of one call, 30 s; pulls, loads, waits and event streams have none.</summary>
    public static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);

    /// <summary>Oldest supported API version, the first with <c>wait?condition=</c>.</summary>
    private static readonly Version OldestVersion = new(1, 30);

    /// <summary>Newest API version used; a newer engine still accepts calls of this version.</summary>
    private static readonly Version NewestVersion = new(1, 51);

    private readonly HttpClient _client;
    private readonly HttpClient _anew;
    private readonly TimeProvider _clock;
    private readonly string _engine;
    private volatile string? _version;

    /// <summary>Creates the connection without contacting the engine.</summary>
    /// <param name="handler">Carries the calls, on connections that it keeps open.</param>
    /// <param name="handlerAnew">Carries a ping, on a new connection.</param>
    /// <param name="baseAddress">Base of the paths of all calls.</param>
    /// <param name="engine">Name of the engine in messages.</param>
    /// <param name="clock">Clock of the time limits.</param>
    public EngineConnection(
        HttpMessageHandler handler, HttpMessageHandler handlerAnew, Uri baseAddress, string engine, TimeProvider clock)
    {
        _client = new HttpClient(handler) { BaseAddress = baseAddress, Timeout = Timeout.InfiniteTimeSpan };
        _anew = new HttpClient(handlerAnew) { BaseAddress = baseAddress, Timeout = Timeout.InfiniteTimeSpan };
        _engine = engine;
        _clock = clock;
    }

    /// <summary>
    /// Called after each call, with null if the engine answered, else with the reason why it did not.
    /// </summary>
    public Action<string?> Heard { get; set; } = static _ => { };

    /// <summary>Makes a call and reads the whole answer, within the time limit.</summary>
    public async Task<T> CallAsync<T>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var limit = new CallTimeout(CallLimit, _clock, cancellationToken);
        try
        {
            using var response = await SendAsync(_client, method, path, content, null, limit.Token);
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            return await JsonSerializer.DeserializeAsync(body, type, limit.Token)
                ?? throw new DockerEngineException(response.StatusCode, $"empty answer to {method} {path}");
        }
        catch (Exception exception) when (IsAway(exception, cancellationToken))
        {
            throw Away(exception);
        }
    }

    /// <summary>Makes a call whose answer has no content. Status 304 (already so) counts as success.</summary>
    public Task CallAsync(
        HttpMethod method, string path, HttpContent? content, TimeSpan extraLimit, CancellationToken cancellationToken) =>
        CallAsync(_client, method, path, content, extraLimit, cancellationToken);

    /// <summary>Asks whether the engine works, over a connection of its own (<c>GET /_ping</c>).</summary>
    public Task PingAsync(CancellationToken cancellationToken) =>
        CallAsync(_anew, HttpMethod.Get, "/_ping", null, TimeSpan.Zero, cancellationToken);

    /// <summary>
    /// Opens a streamed answer without a time limit; the caller disposes of it and handles faults of reading.
    /// </summary>
    public async Task<HttpResponseMessage> OpenAsync(
        HttpMethod method, string path, HttpContent? content, string? registryLogin, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(_client, method, path, content, registryLogin, cancellationToken);
        }
        catch (Exception exception) when (IsAway(exception, cancellationToken))
        {
            throw Away(exception);
        }
    }

    /// <summary>
    /// Creates the exception for a fault of reading a stream, which means that the engine does not answer.
    /// </summary>
    public EngineUnavailableException Away(Exception fault)
    {
        // After a restart the engine may have another version.
        _version = null;
        var away = fault as EngineUnavailableException ?? new EngineUnavailableException(
            $"Docker engine at {_engine} does not answer: {Innermost(fault)}", fault);
        Heard(away.Message);
        return away;
    }

    /// <summary>
    /// Creates the exception for a stream that ended within a line, which means that the engine does not answer.
    /// </summary>
    public EngineUnavailableException BrokenOff(JsonException fault) =>
        Away(new EngineUnavailableException($"Docker engine at {_engine} broke off in the middle of an answer", fault));

    /// <summary>Whether a fault means that the engine does not answer, and not that the caller cancelled.</summary>
    public static bool IsAway(Exception fault, CancellationToken cancellationToken) =>
        FindBroken(fault) is null
        && (fault is HttpRequestException or IOException or SocketException or EngineUnavailableException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested));

    /// <summary>
    /// Returns the fault of the archive being sent, which the HTTP client wraps, or null for any other fault.
    /// </summary>
    public static ArchiveBrokenException? FindBroken(Exception fault) =>
        fault as ArchiveBrokenException ?? fault.InnerException as ArchiveBrokenException;

    public void Dispose()
    {
        _client.Dispose();
        _anew.Dispose();
    }

    private async Task CallAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        HttpContent? content,
        TimeSpan extraLimit,
        CancellationToken cancellationToken)
    {
        using var limit = new CallTimeout(CallLimit + extraLimit, _clock, cancellationToken);
        try
        {
            using var response = await SendAsync(client, method, path, content, null, limit.Token);
        }
        catch (Exception exception) when (IsAway(exception, cancellationToken))
        {
            throw Away(exception);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        HttpContent? content,
        string? registryLogin,
        CancellationToken cancellationToken)
    {
        _version ??= await NegotiateAsync(cancellationToken);
        using var request = new HttpRequestMessage(method, $"/v{_version}{path}") { Content = content };
        if (registryLogin is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Registry-Auth", registryLogin);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Heard(null);
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified)
        {
            return response;
        }

        using (response)
        {
            throw await ReadErrorAsync(response, path, cancellationToken);
        }
    }

    /// <summary>Chooses the newest API version that both sides support (<c>GET /version</c>, unversioned).</summary>
    private async Task<string> NegotiateAsync(CancellationToken cancellationToken)
    {
        // Streams have no time limit, but the calls before them have.
        using var limit = new CallTimeout(CallLimit, _clock, cancellationToken);
        using var response = await _client.GetAsync("/version", limit.Token);
        var body = await response.Content.ReadAsStringAsync(limit.Token);
        if (!response.IsSuccessStatusCode)
        {
            throw new EngineUnavailableException($"Docker engine at {_engine} answers {(int)response.StatusCode}: {body.Trim()}");
        }

        var version = JsonSerializer.Deserialize(body, DockerJsonContext.Default.EngineVersion);
        var newest = Version.TryParse(version?.ApiVersion, out var api) ? api : OldestVersion;
        var oldest = Version.TryParse(version?.MinAPIVersion, out var min) ? min : newest;
        var chosen = newest < NewestVersion ? newest : NewestVersion;
        if (chosen < oldest || chosen < OldestVersion)
        {
            throw new EngineUnavailableException(
                $"Docker engine {version?.Version} at {_engine} speaks API {oldest} to {newest}; this program {OldestVersion} to {NewestVersion}");
        }

        return chosen.ToString(2);
    }

    private static async Task<DockerEngineException> ReadErrorAsync(
        HttpResponseMessage response, string path, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var message = Parse(body) ?? body.Trim();
        if (message.Length == 0)
        {
            message = string.Create(CultureInfo.InvariantCulture, $"status {(int)response.StatusCode}");
        }

        var isContainer = path.StartsWith("/containers/", StringComparison.Ordinal)
            && !path.StartsWith("/containers/create", StringComparison.Ordinal);
        return response.StatusCode == HttpStatusCode.NotFound && isContainer
            ? new ContainerNotFoundException(message)
            : new DockerEngineException(response.StatusCode, message);
    }

    private static string? Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, DockerJsonContext.Default.EngineError)?.Message;
        }
        catch (JsonException)
        {
            // Answers to very old API versions are plain text.
            return null;
        }
    }

    private static string Innermost(Exception fault)
    {
        while (fault.InnerException is { } inner)
        {
            fault = inner;
        }

        return fault is OperationCanceledException ? "time-out" : fault.Message;
    }
}
