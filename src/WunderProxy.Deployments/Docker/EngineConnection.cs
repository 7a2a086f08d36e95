using System.Net;
using Docker.DotNet;
using Docker.DotNet.Handler.Abstractions;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Version = System.Version;

namespace WunderProxy.Deployments.Docker;

/// <summary>
/// Makes the engine's calls through the library: negotiates the API version, limits each call in time, and turns the
/// library's exceptions into ours.
/// </summary>
internal sealed class EngineConnection : IDisposable
{
    /// <summary>Time limit of one call, 30 s; pulls, loads, waits and event streams have none.</summary>
    public static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);

    /// <summary>Oldest supported API version (Docker 17.06).</summary>
    private static readonly Version OldestVersion = new(1, 30);

    /// <summary>
    /// Newest API version used: that of Docker 29.4, which the library's models are made from. A newer engine still
    /// accepts calls of this version.
    /// </summary>
    private static readonly Version NewestVersion = new(1, 54);

    private readonly MeasuredEngineHandler _handler;
    private readonly EngineHandler _kept;
    private readonly EngineHandler _anew;
    private readonly HttpMessageInvoker _invoker;
    private readonly Uri _baseAddress;
    private readonly string _engine;
    private readonly TimeProvider _clock;

    /// <summary>
    /// The session of the negotiated version; null before the first call, after a fault and after an answer of status
    /// 400. Any call may write the field: sessions share the handlers, so one that another call replaces still works.
    /// </summary>
    private volatile EngineSession? _session;

    /// <summary>Creates the connection without contacting the engine.</summary>
    /// <param name="handler">Carries the calls, on connections that it keeps open.</param>
    /// <param name="handlerAnew">Carries a ping, on a new connection.</param>
    /// <param name="baseAddress">Base of the paths of all calls.</param>
    /// <param name="engine">Name of the engine in messages.</param>
    /// <param name="clock">Clock of the time limits.</param>
    public EngineConnection(
        HttpMessageHandler handler, HttpMessageHandler handlerAnew, Uri baseAddress, string engine, TimeProvider clock)
    {
        _clock = clock;
        _handler = Measured(handler);
        _kept = new EngineHandler(_handler, () => Heard(null));
        _anew = new EngineHandler(Measured(handlerAnew), () => Heard(null));
        _invoker = new HttpMessageInvoker(_kept, disposeHandler: false);
        _baseAddress = baseAddress;
        _engine = engine;
    }

    /// <summary>
    /// Called after each call, with null if the engine answered, else with the reason why it did not.
    /// </summary>
    public Action<string?> Heard { get; set; } = static _ => { };

    /// <summary>Called for each request once its answer has begun or it has failed.</summary>
    public Action<EngineCall> Called { get; set; } = static _ => { };

    /// <summary>Makes a call and reads the whole answer, within the time limit.</summary>
    /// <param name="call">The call, through the library.</param>
    /// <param name="extraLimit">Time that the engine may need beyond <see cref="CallLimit"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<T> CallAsync<T>(
        Func<EngineSession, CancellationToken, Task<T>> call, TimeSpan extraLimit, CancellationToken cancellationToken)
    {
        using var limit = new CallTimeout(CallLimit + extraLimit, _clock, cancellationToken);
        return await TranslateAsync(RunAsync(call, limit.Token), cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T}(Func{EngineSession, CancellationToken, Task{T}}, TimeSpan, CancellationToken)"/>
    public Task CallAsync(
        Func<EngineSession, CancellationToken, Task> call, TimeSpan extraLimit, CancellationToken cancellationToken) =>
        CallAsync(WithResult(call), extraLimit, cancellationToken);

    /// <summary>Makes a call without a time limit, apart from that of the negotiation.</summary>
    public Task<T> CallUnlimitedAsync<T>(
        Func<EngineSession, CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        TranslateAsync(RunAsync(call, cancellationToken), cancellationToken);

    /// <inheritdoc cref="CallUnlimitedAsync{T}"/>
    public Task CallUnlimitedAsync(
        Func<EngineSession, CancellationToken, Task> call, CancellationToken cancellationToken) =>
        CallUnlimitedAsync(WithResult(call), cancellationToken);

    /// <summary>Awaits a part of a call and turns the library's exceptions into ours.</summary>
    /// <exception cref="ContainerNotFoundException">The container does not exist.</exception>
    /// <exception cref="DockerEngineException">The engine refuses, or its answer cannot be read.</exception>
    /// <exception cref="EngineUnavailableException">The engine does not answer.</exception>
    public async Task<T> TranslateAsync<T>(Task<T> part, CancellationToken cancellationToken)
    {
        try
        {
            return await part;
        }
        catch (DockerContainerNotFoundException exception)
        {
            throw new ContainerNotFoundException(EngineFaults.MessageOf(exception), exception);
        }
        catch (DockerApiException exception)
        {
            if (exception.StatusCode == HttpStatusCode.BadRequest)
            {
                // An upgraded engine refuses a version that it no longer speaks, and no connection need have broken.
                _session = null;
            }

            throw new DockerEngineException(exception.StatusCode, EngineFaults.MessageOf(exception), exception);
        }
        catch (Exception exception) when (EngineFaults.IsAway(exception, cancellationToken))
        {
            throw Away(exception);
        }
        catch (Exception exception) when (EngineFaults.IsUnreadable(exception))
        {
            throw DockerEngineException.Unreadable(exception);
        }
    }

    public void Dispose()
    {
        _invoker.Dispose();
        _kept.Dispose();
        _anew.Dispose();
    }

    private static Func<EngineSession, CancellationToken, Task<bool>> WithResult(
        Func<EngineSession, CancellationToken, Task> call) => async (session, token) =>
        {
            await call(session, token);
            return true;
        };

    private MeasuredEngineHandler Measured(HttpMessageHandler handler) => new(handler, _clock, call => Called(call));

    private async Task<T> RunAsync<T>(
        Func<EngineSession, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var session = _session ??= await NegotiateAsync(cancellationToken);
        return await call(session, cancellationToken);
    }

    /// <summary>Chooses the newest API version that both sides support (<c>GET /version</c>, unversioned).</summary>
    private async Task<EngineSession> NegotiateAsync(CancellationToken cancellationToken)
    {
        var engine = await AskVersionAsync(cancellationToken);
        var newest = Version.TryParse(engine.APIVersion, out var api)
            ? api
            : throw new EngineUnavailableException($"what answers at {_engine} names no API version: it is no Docker engine");
        var oldest = Version.TryParse(engine.MinAPIVersion, out var min) ? min : newest;
        var chosen = newest < NewestVersion ? newest : NewestVersion;
        return chosen >= oldest && chosen >= OldestVersion
            ? new EngineSession(chosen, Connect(_kept, chosen), Connect(_anew, chosen), _invoker, _baseAddress)
            : throw new EngineUnavailableException(
                $"Docker engine {engine.Version} at {_engine} speaks API {oldest} to {newest}; this program {OldestVersion} to {NewestVersion}");
    }

    private async Task<VersionResponse> AskVersionAsync(CancellationToken cancellationToken)
    {
        // Streams have no time limit, but the calls before them have.
        using var limit = new CallTimeout(CallLimit, _clock, cancellationToken);
        try
        {
            return await Connect(_handler, null).System.GetVersionAsync(limit.Token) ?? new VersionResponse();
        }
        catch (DockerApiException exception)
        {
            throw new EngineUnavailableException(
                $"Docker engine at {_engine} answers {(int)exception.StatusCode}: {EngineFaults.MessageOf(exception)}", exception);
        }
        catch (Exception exception) when (EngineFaults.IsUnreadable(exception))
        {
            throw new EngineUnavailableException(
                $"what answers at {_engine} does not speak as a Docker engine does: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Makes a client of the library. It owns nothing but its reference to the handler, so nobody disposes of it.
    /// </summary>
    private DockerClient Connect(HttpMessageHandler handler, Version? version) =>
        new DockerClientBuilder<HttpMessageHandler>(
            EngineHandlerFactory.Instance,
            handler,
            new ClientOptions { ApiVersion = version, Endpoint = _baseAddress, Timeout = Timeout.InfiniteTimeSpan },
            NullLogger.Instance).Build();

    /// <summary>Creates the exception for a fault that means that the engine does not answer.</summary>
    private EngineUnavailableException Away(Exception exception)
    {
        // After a restart the engine may have another version.
        _session = null;
        var away = exception as EngineUnavailableException
            ?? new EngineUnavailableException($"Docker engine at {_engine} {EngineFaults.Describe(exception)}", exception);
        Heard(away.Message);
        return away;
    }
}
