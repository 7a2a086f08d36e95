using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Docker;

/// <summary>
/// The part of the Docker Engine API that this program uses, with one method per call; API 1.30 to 1.51.
/// </summary>
internal sealed class DockerEngineClient : IDisposable
{
    private static readonly MediaTypeHeaderValue JsonType = new("application/json");

    private readonly EngineConnection _connection;
    private readonly TimeProvider _clock;

    public DockerEngineClient(DockerEndpoint endpoint, TimeProvider clock)
        : this(endpoint.CreateHandler(), HandlerAnew(endpoint), endpoint, clock)
    {
    }

    /// <summary>Creates a client whose calls go through the given handler; for tests.</summary>
    public DockerEngineClient(HttpMessageHandler handler, DockerEndpoint endpoint, TimeProvider clock)
        : this(handler, handler, endpoint, clock)
    {
    }

    private DockerEngineClient(
        HttpMessageHandler handler, HttpMessageHandler handlerAnew, DockerEndpoint endpoint, TimeProvider clock)
    {
        Endpoint = endpoint;
        _clock = clock;
        _connection = new EngineConnection(handler, handlerAnew, endpoint.BaseAddress, endpoint.Url, clock);
        Images = new EngineImages(_connection, clock);
    }

    /// <summary>Where the Docker engine is reached: a unix socket or a TCP address, with or without TLS.</summary>
    public DockerEndpoint Endpoint { get; }

    /// <summary>The engine's calls about images.</summary>
    public EngineImages Images { get; }

    /// <summary>
    /// Called after each call, with null if the engine answered at all, else with the reason why it did not.
    /// </summary>
    public Action<string?> Heard
    {
        set => _connection.Heard = value;
    }

    /// <summary>
    /// Asks whether the engine works (<c>GET /_ping</c>), over a connection of its own. An engine that is shutting down
    /// accepts no new connections but still obeys calls on existing ones; a container started at that time would be
    /// lost half-way, and its published port too.
    /// </summary>
    public Task PingAsync(CancellationToken cancellationToken) => _connection.PingAsync(cancellationToken);

    /// <summary>Lists all containers, running or stopped (<c>GET /containers/json?all=1</c>).</summary>
    public async Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(CancellationToken cancellationToken) =>
        await _connection.CallAsync(
            HttpMethod.Get, "/containers/json?all=1", null, DockerJsonContext.Default.ListContainerSummary, cancellationToken);

    /// <summary>Reads one container (<c>GET /containers/{id}/json</c>).</summary>
    /// <exception cref="ContainerNotFoundException">The container does not exist any more.</exception>
    public Task<ContainerDetails> InspectContainerAsync(string id, CancellationToken cancellationToken) =>
        _connection.CallAsync(
            HttpMethod.Get, $"/containers/{Escape(id)}/json", null, DockerJsonContext.Default.ContainerDetails, cancellationToken);

    /// <summary>Creates a container from the user's JSON (<c>POST /containers/create</c>).</summary>
    /// <returns>The full id of the container.</returns>
    public async Task<string> CreateContainerAsync(string name, JsonObject body, CancellationToken cancellationToken)
    {
        using var content = JsonContent(JsonSerializer.SerializeToUtf8Bytes(body, DockerJsonContext.Default.JsonObject));
        var created = await _connection.CallAsync(
            HttpMethod.Post,
            $"/containers/create?name={Escape(name)}",
            content,
            DockerJsonContext.Default.CreatedContainer,
            cancellationToken);
        return created.Id;
    }

    /// <summary>
    /// Starts a container (<c>POST /containers/{id}/start</c>), without a body because newer engines refuse one.
    /// </summary>
    public Task StartContainerAsync(string id, CancellationToken cancellationToken) =>
        _connection.CallAsync(HttpMethod.Post, $"/containers/{Escape(id)}/start", null, TimeSpan.Zero, cancellationToken);

    /// <summary>
    /// Sends SIGTERM, then SIGKILL after <paramref name="patience"/> (<c>POST /containers/{id}/stop</c>).
    /// </summary>
    public Task StopContainerAsync(string id, TimeSpan patience, CancellationToken cancellationToken)
    {
        var seconds = ((long)Math.Ceiling(patience.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return _connection.CallAsync(
            HttpMethod.Post, $"/containers/{Escape(id)}/stop?t={seconds}", null, patience, cancellationToken);
    }

    /// <summary>Sends SIGKILL to a container (<c>POST /containers/{id}/kill</c>).</summary>
    public Task KillContainerAsync(string id, CancellationToken cancellationToken) =>
        _connection.CallAsync(HttpMethod.Post, $"/containers/{Escape(id)}/kill", null, TimeSpan.Zero, cancellationToken);

    /// <summary>
    /// Removes a container with its anonymous volumes, running or not (<c>DELETE /containers/{id}?v=1&amp;force=1</c>).
    /// </summary>
    public Task RemoveContainerAsync(string id, CancellationToken cancellationToken) =>
        _connection.CallAsync(
            HttpMethod.Delete, $"/containers/{Escape(id)}?v=1&force=1", null, TimeSpan.Zero, cancellationToken);

    /// <summary>
    /// Waits for the next exit of a container, without a time limit (<c>POST
    /// /containers/{id}/wait?condition=next-exit</c>).
    /// </summary>
    public async Task<long> WaitForExitAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await _connection.OpenAsync(
            HttpMethod.Post, $"/containers/{Escape(id)}/wait?condition=next-exit", null, null, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var exit = await JsonSerializer.DeserializeAsync(body, DockerJsonContext.Default.ContainerExit, cancellationToken);
        return exit?.StatusCode ?? 0;
    }

    /// <summary>Connects a container to a network (<c>POST /networks/{id}/connect</c>).</summary>
    public async Task ConnectNetworkAsync(string network, string container, CancellationToken cancellationToken)
    {
        using var content = JsonContent(JsonSerializer.SerializeToUtf8Bytes(
            new NetworkConnection(container), DockerJsonContext.Default.NetworkConnection));
        await _connection.CallAsync(
            HttpMethod.Post, $"/networks/{Escape(network)}/connect", content, TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Reads the last lines of both outputs of a container (<c>GET /containers/{id}/logs</c>).</summary>
    /// <param name="id">Id of the container.</param>
    /// <param name="isTerminal">Whether the container has a terminal: its stream is then raw, otherwise framed.</param>
    /// <param name="tail">Number of lines to read.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<string>> ReadLogsAsync(
        string id, bool isTerminal, int tail, CancellationToken cancellationToken)
    {
        using var limit = new CallTimeout(EngineConnection.CallLimit, _clock, cancellationToken);
        try
        {
            using var response = await _connection.OpenAsync(
                HttpMethod.Get,
                string.Create(CultureInfo.InvariantCulture, $"/containers/{Escape(id)}/logs?stdout=1&stderr=1&tail={tail}"),
                null,
                null,
                limit.Token);
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            return await ContainerLog.ReadAsync(body, isTerminal, tail, limit.Token);
        }
        catch (Exception exception) when (EngineConnection.IsAway(exception, cancellationToken))
        {
            throw _connection.Away(exception);
        }
    }

    /// <summary>Follows the events of all containers until the engine ends the stream (<c>GET /events</c>).</summary>
    /// <param name="sinceNanoseconds">Unix time of the last event seen, in nanoseconds; 0 to begin at present.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public IAsyncEnumerable<EngineEvent> FollowEventsAsync(long sinceNanoseconds, CancellationToken cancellationToken) =>
        ReadEventsAsync(
            new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["type"] = ["container"],
                ["event"] = ["start", "die", "oom", "destroy", "pause", "unpause", "health_status"],
            },
            sinceNanoseconds == 0 ? "" : $"&since={Timestamp(sinceNanoseconds)}",
            cancellationToken);

    /// <summary>
    /// Reads the events of one container between two times of the engine's clock (<c>GET /events?since&amp;until</c>).
    /// If the end lies in the future, events are delivered until then.
    /// </summary>
    /// <param name="container">Full id of the container.</param>
    /// <param name="events">Names of the events.</param>
    /// <param name="since">Start of the time span.</param>
    /// <param name="until">End of the time span.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public IAsyncEnumerable<EngineEvent> ReadEventsAsync(
        string container,
        string[] events,
        DateTimeOffset since,
        DateTimeOffset until,
        CancellationToken cancellationToken) => ReadEventsAsync(
            new Dictionary<string, string[]>(StringComparer.Ordinal) { ["container"] = [container], ["event"] = events },
            $"&since={Timestamp(Nanoseconds(since))}&until={Timestamp(Nanoseconds(until))}",
            cancellationToken);

    public void Dispose() => _connection.Dispose();

    internal static string Escape(string text) => Uri.EscapeDataString(text);

    private async IAsyncEnumerable<EngineEvent> ReadEventsAsync(
        Dictionary<string, string[]> filters, string times, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = Escape(JsonSerializer.Serialize(filters, DockerJsonContext.Default.DictionaryStringStringArray));
        using var response = await _connection.OpenAsync(
            HttpMethod.Get, $"/events?filters={query}{times}", null, null, cancellationToken);
        await foreach (var line in EngineLines.ReadAsync(
            response, DockerJsonContext.Default.EngineEvent, _connection, cancellationToken))
        {
            yield return line;
        }
    }

    private static SocketsHttpHandler HandlerAnew(DockerEndpoint endpoint)
    {
        var handler = endpoint.CreateHandler();
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        return handler;
    }

    private static string Timestamp(long nanoseconds) => string.Create(
        CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000_000}.{nanoseconds % 1_000_000_000:D9}");

    private static long Nanoseconds(DateTimeOffset time) =>
        (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private static ByteArrayContent JsonContent(byte[] json)
    {
        var content = new ByteArrayContent(json);
        content.Headers.ContentType = JsonType;
        return content;
    }
}
