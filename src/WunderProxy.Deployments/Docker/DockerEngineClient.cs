using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Docker.DotNet.Models;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Docker;

/// <summary>
/// The calls to the Docker engine that this program needs, made through Docker.DotNet; nothing outside this folder sees
/// the library.
/// </summary>
internal sealed class DockerEngineClient : IDisposable
{
    private readonly EngineConnection _connection;

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

    /// <summary>Called for each request to the engine once its answer has begun or it has failed.</summary>
    public Action<EngineCall> Called
    {
        set => _connection.Called = value;
    }

    /// <summary>
    /// Asks whether the engine works (<c>GET /_ping</c>), over a connection of its own. An engine that is shutting down
    /// accepts no new connections but still obeys calls on existing ones; a container started at that time would be
    /// lost half-way, and its published port too.
    /// </summary>
    public Task PingAsync(CancellationToken cancellationToken) =>
        CallAsync((session, token) => session.Anew.System.PingAsync(token), cancellationToken);

    /// <summary>Lists all containers, running or stopped (<c>GET /containers/json?all=1</c>).</summary>
    public async Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(CancellationToken cancellationToken)
    {
        var parameters = new ContainersListParameters { All = true };
        var all = await CallAsync(
            (session, token) => session.Client.Containers.ListContainersAsync(parameters, token), cancellationToken);
        return [.. (all ?? []).Select(EngineAnswers.ToSummary)];
    }

    /// <summary>Reads one container (<c>GET /containers/{id}/json</c>).</summary>
    /// <exception cref="ContainerNotFoundException">The container does not exist any more.</exception>
    public async Task<ContainerDetails> InspectContainerAsync(string id, CancellationToken cancellationToken) =>
        EngineAnswers.ToDetails(await CallAsync(
            (session, token) => session.Client.Containers.InspectContainerAsync(Segment(id), token), cancellationToken));

    /// <summary>
    /// Creates a container from the user's JSON (<c>POST /containers/create</c>), which the engine gets as it is: the
    /// library's model would drop the fields that it does not know.
    /// </summary>
    /// <returns>The full id of the container.</returns>
    public Task<string> CreateContainerAsync(string name, JsonObject body, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(body, DockerJsonContext.Default.JsonObject);
        return CallAsync(
            async (session, token) => EngineAnswers.ToId(
                await session.PostAsync($"containers/create?name={Uri.EscapeDataString(name)}", json, token)),
            cancellationToken);
    }

    /// <summary>
    /// Starts a container (<c>POST /containers/{id}/start</c>), without a body because newer engines refuse one. A
    /// container that runs already is no error.
    /// </summary>
    public Task StartContainerAsync(string id, CancellationToken cancellationToken) => CallAsync(
        (session, token) => session.Client.Containers.StartContainerAsync(Segment(id), null, token), cancellationToken);

    /// <summary>
    /// Sends the stop signal, then SIGKILL after <paramref name="patience"/> (<c>POST /containers/{id}/stop</c>). A
    /// container that has stopped already is no error.
    /// </summary>
    public Task StopContainerAsync(string id, TimeSpan patience, CancellationToken cancellationToken)
    {
        var seconds = (uint)Math.Clamp(Math.Ceiling(patience.TotalSeconds), 0, int.MaxValue);
        if (seconds == 0)
        {
            return StopAtOnceAsync(id, cancellationToken);
        }

        var parameters = new ContainerStopParameters { WaitBeforeKillSeconds = seconds };
        return _connection.CallAsync(
            (session, token) => session.Client.Containers.StopContainerAsync(Segment(id), parameters, token),
            patience,
            cancellationToken);
    }

    /// <summary>Sends SIGKILL to a container (<c>POST /containers/{id}/kill</c>).</summary>
    public Task KillContainerAsync(string id, CancellationToken cancellationToken)
    {
        var parameters = new ContainerKillParameters();
        return CallAsync(
            (session, token) => session.Client.Containers.KillContainerAsync(Segment(id), parameters, token), cancellationToken);
    }

    /// <summary>
    /// Removes a container with its anonymous volumes, running or not (<c>DELETE /containers/{id}?v=1&amp;force=1</c>).
    /// </summary>
    public Task RemoveContainerAsync(string id, CancellationToken cancellationToken)
    {
        var parameters = new ContainerRemoveParameters { RemoveVolumes = true, Force = true };
        return CallAsync(
            (session, token) => session.Client.Containers.RemoveContainerAsync(Segment(id), parameters, token), cancellationToken);
    }

    /// <summary>
    /// Waits until a container does not run, without a time limit (<c>POST /containers/{id}/wait</c>); one that has
    /// ended, or was never started, completes the call at once.
    /// </summary>
    /// <returns>The exit code.</returns>
    public async Task<long> WaitForExitAsync(string id, CancellationToken cancellationToken)
    {
        var exit = await _connection.CallUnlimitedAsync(
            (session, token) => session.Client.Containers.WaitContainerAsync(Segment(id), token), cancellationToken);
        return exit?.StatusCode ?? 0;
    }

    /// <summary>Connects a container to a network (<c>POST /networks/{id}/connect</c>).</summary>
    public Task ConnectNetworkAsync(string network, string container, CancellationToken cancellationToken)
    {
        var parameters = new NetworkConnectParameters { Container = container };
        return CallAsync(
            (session, token) => session.Client.Networks.ConnectNetworkAsync(NetworkSegment(network), parameters, token),
            cancellationToken);
    }

    /// <summary>Reads the last lines of both outputs of a container (<c>GET /containers/{id}/logs</c>).</summary>
    /// <param name="id">Id of the container.</param>
    /// <param name="tail">Number of lines to read.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<IReadOnlyList<string>> ReadLogsAsync(string id, int tail, CancellationToken cancellationToken)
    {
        var parameters = new ContainerLogsParameters
        {
            ShowStdout = true,
            ShowStderr = true,
            Tail = tail.ToString(CultureInfo.InvariantCulture),
        };
        return CallAsync(
            async (session, token) =>
            {
                using var log = await session.Client.Containers.GetContainerLogsAsync(Segment(id), parameters, token);
                return await ContainerLog.ReadAsync(log, tail, token);
            },
            cancellationToken);
    }

    /// <summary>Follows the events of all containers until the engine ends the stream (<c>GET /events</c>).</summary>
    /// <param name="sinceNanoseconds">Unix time of the last event seen, in nanoseconds; 0 to begin at present.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public IAsyncEnumerable<EngineEvent> FollowEventsAsync(long sinceNanoseconds, CancellationToken cancellationToken) =>
        ReadEventsAsync(
            new ContainerEventsParameters
            {
                Since = sinceNanoseconds == 0 ? null : Timestamp(sinceNanoseconds),
                Filters = Filters(
                    ("type", ["container"]),
                    ("event", ["start", "die", "oom", "destroy", "pause", "unpause", "health_status"])),
            },
            sinceNanoseconds,
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
            new ContainerEventsParameters
            {
                Since = Timestamp(Nanoseconds(since)),
                Until = Timestamp(Nanoseconds(until)),
                Filters = Filters(("container", [container]), ("event", events)),
            },
            Nanoseconds(since),
            cancellationToken);

    public void Dispose() => _connection.Dispose();

    /// <summary>
    /// Asks for the stream of events through the library, but reads its lines here. The overload that reads them, too,
    /// ends at the first event that its model cannot hold, and would again each time that the engine repeats the event.
    /// </summary>
    private async IAsyncEnumerable<EngineEvent> ReadEventsAsync(
        ContainerEventsParameters parameters, long sinceNanoseconds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
#pragma warning disable CS0618 // The library prefers its other overload; the summary says why it will not do.
        await using var stream = await _connection.CallUnlimitedAsync(
            (session, token) => session.Client.System.MonitorEventsAsync(parameters, token), cancellationToken);
#pragma warning restore CS0618
        var lines = new EventLines(stream);
        var seen = sinceNanoseconds;
        while (await _connection.TranslateAsync(lines.ReadAsync(cancellationToken), cancellationToken) is { } line)
        {
            if (EngineEvent.Read(line, seen) is { } happened)
            {
                seen = happened.TimeNanoseconds;
                yield return happened;
            }
        }
    }

    /// <summary>Kills a container. The library leaves out a patience of 0 s, and the engine would take its own 10 s.</summary>
    private async Task StopAtOnceAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await KillContainerAsync(id, cancellationToken);
        }
        catch (DockerEngineException exception) when (exception.StatusCode == HttpStatusCode.Conflict)
        {
            // The container does not run.
        }
    }

    private Task<T> CallAsync<T>(
        Func<EngineSession, CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        _connection.CallAsync(call, TimeSpan.Zero, cancellationToken);

    private Task CallAsync(Func<EngineSession, CancellationToken, Task> call, CancellationToken cancellationToken) =>
        _connection.CallAsync(call, TimeSpan.Zero, cancellationToken);

    /// <summary>Returns a container's id as a part of a path, which the library takes as it is.</summary>
    private static string Segment(string id) => id.Length > 0
        ? Uri.EscapeDataString(id)
        : throw new ContainerNotFoundException("no container has an empty id");

    /// <summary>Returns a network's id as a part of a path, which the library takes as it is.</summary>
    private static string NetworkSegment(string id) => id.Length > 0
        ? Uri.EscapeDataString(id)
        : throw new DockerEngineException(HttpStatusCode.NotFound, "no network has an empty id");

    private static SocketsHttpHandler HandlerAnew(DockerEndpoint endpoint)
    {
        var handler = endpoint.CreateHandler();
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        return handler;
    }

    private static Dictionary<string, IDictionary<string, bool>> Filters(params (string Name, string[] Values)[] filters) =>
        filters.ToDictionary(
            filter => filter.Name,
            filter => (IDictionary<string, bool>)filter.Values.ToDictionary(value => value, _ => true, StringComparer.Ordinal),
            StringComparer.Ordinal);

    /// <summary>Writes a time as the engine reads it; the fraction counts forwards before 1970 too.</summary>
    private static string Timestamp(long nanoseconds)
    {
        var (seconds, fraction) = Math.DivRem(nanoseconds, 1_000_000_000);
        return fraction < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds - 1}.{fraction + 1_000_000_000:D9}")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds}.{fraction:D9}");
    }

    private static long Nanoseconds(DateTimeOffset time) =>
        (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
