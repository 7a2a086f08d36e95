using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Statistics;

namespace WunderProxy.Deployments.Machines;

/// <summary>
/// One Docker engine, shared by the applications whose containers it runs: its client, its circuit, its single event
/// stream, the addresses of its containers, and the warnings that concern all applications.
/// </summary>
internal sealed class Machine : IAsyncDisposable
{
    private readonly EngineFollower _follower;

    /// <summary>Creates a machine without contacting the engine.</summary>
    /// <param name="engine">The engine's client, which the machine disposes of.</param>
    /// <param name="clock">Clock of all times and timers.</param>
    /// <param name="log">Receives messages for operators.</param>
    public Machine(DockerEngineClient engine, TimeProvider clock, ILogger log)
    {
        Engine = engine;
        Notices = new NoticeBoard(log);
        Circuit = new Circuit(clock, state => DeploymentLog.EngineStateChanged(log, state));
        Addresses = new ContainerAddressResolver(engine, new OwnContainer(engine), clock);
        _follower = new EngineFollower(engine, Circuit, Notices, clock, log);
        engine.Heard = Circuit.Hear;
        engine.Called = call => EngineCalls.Count(call.Operation, call.Result, call.Elapsed);
    }

    /// <summary>The client for calls to the engine.</summary>
    public DockerEngineClient Engine { get; }

    /// <summary>Requests to the engine by operation and result, of all applications on it.</summary>
    public DurationTally EngineCalls { get; } = new(DurationBounds.Calls);

    /// <summary>The circuit of the engine, to which the client reports every call.</summary>
    public Circuit Circuit { get; }

    /// <summary>Whether the engine does not answer, so that background work waits.</summary>
    public bool IsAway => Circuit.IsOpen;

    /// <summary>Finds the addresses by which containers are reached.</summary>
    public ContainerAddressResolver Addresses { get; }

    /// <summary>Warnings that concern the engine, and thereby every application on it.</summary>
    public NoticeBoard Notices { get; }

    /// <summary>The engine's <c>start</c> events, which launches wait for.</summary>
    public StartEvents Starts => _follower.Starts;

    /// <inheritdoc cref="EngineFollower.Listen"/>
    public IAsyncDisposable Listen(IEngineListener listener) => _follower.Listen(listener);

    /// <summary>Ends the event stream and closes the client.</summary>
    public async ValueTask DisposeAsync()
    {
        await _follower.DisposeAsync();
        Engine.Dispose();
    }
}
