using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Machines;

/// <summary>
/// One Docker engine, shared by the applications whose containers it runs: its client, its circuit, its one stream of
/// events, the addresses of its containers, and the warnings that concern all applications.
/// </summary>
internal sealed class Machine : IAsyncDisposable
{
    private readonly EngineFollower _follower;

    /// <summary>Creates a machine; the engine is not contacted.</summary>
    /// <param name="engine">The client, which the machine disposes of.</param>
    /// <param name="clock">All times and timers.</param>
    /// <param name="log">What operators should know.</param>
    public Machine(DockerEngineClient engine, TimeProvider clock, ILogger log)
    {
        Engine = engine;
        Notices = new NoticeBoard(log);
        Circuit = new Circuit(clock, state => DeploymentLog.EngineStateChanged(log, state));
        Addresses = new ContainerAddressResolver(engine, new OwnContainer(engine), clock);
        _follower = new EngineFollower(engine, Circuit, Notices, clock, log);
        engine.Heard = Circuit.Hear;
    }

    /// <summary>The engine's client.</summary>
    public DockerEngineClient Engine { get; }

    /// <summary>How the engine answers; the client reports every call.</summary>
    public Circuit Circuit { get; }

    /// <summary>Whether the engine is away: what runs by itself waits until it is back.</summary>
    public bool IsAway => Circuit.IsOpen;

    /// <summary>Finds where containers are reached.</summary>
    public ContainerAddressResolver Addresses { get; }

    /// <summary>Warnings that concern the engine, and so every application on it.</summary>
    public NoticeBoard Notices { get; }

    /// <inheritdoc cref="EngineFollower.Listen"/>
    public IAsyncDisposable Listen(IEngineListener listener) => _follower.Listen(listener);

    /// <summary>Ends the stream of events and closes the client.</summary>
    public async ValueTask DisposeAsync()
    {
        await _follower.DisposeAsync();
        Engine.Dispose();
    }
}
