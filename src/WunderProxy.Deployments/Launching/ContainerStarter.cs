using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Machines;

namespace WunderProxy.Deployments.Launching;

/// <summary>
/// Starts containers. The engine says by its <c>start</c> event or by its answer to the call, whichever comes first, that
/// the container runs.
/// </summary>
internal sealed class ContainerStarter(Machine machine)
{
    /// <summary>Starts a container and returns as soon as the container runs.</summary>
    /// <param name="container">Full id of the container.</param>
    /// <param name="startedBefore">
    /// Start time of the container's previous run, which tells an event of that run from one of this start; empty for
    /// a container that never ran.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The running container if it was read for this; else null.</returns>
    /// <exception cref="DockerEngineException">The engine refuses to start the container.</exception>
    /// <exception cref="EngineUnavailableException">The engine does not answer.</exception>
    public async Task<ContainerDetails?> StartAsync(
        string container, string startedBefore, CancellationToken cancellationToken)
    {
        using var watch = machine.Starts.Watch(container);
        var call = machine.Engine.StartContainerAsync(container, cancellationToken);

        // A launch that goes on, or is given up, before the answer does not await the call: its fault counts as seen.
        _ = call.ContinueWith(static done => done.Exception, TaskScheduler.Default);
        await Task.WhenAny(call, watch.Seen);
        if (!call.IsCompleted && await FindStartedAsync(container, startedBefore, cancellationToken) is { } started)
        {
            // The container runs, so the outcome of the call does not matter any more.
            return started;
        }

        await call;
        return null;
    }

    /// <summary>
    /// Reads the container after its event. The event may be an old one, delivered late, and an engine that does not
    /// answer this question may still answer the call.
    /// </summary>
    private async Task<ContainerDetails?> FindStartedAsync(
        string container, string startedBefore, CancellationToken cancellationToken)
    {
        try
        {
            var found = await machine.Engine.InspectContainerAsync(container, cancellationToken);
            return found.State.Running && found.State.StartedAt != startedBefore ? found : null;
        }
        catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException)
        {
            return null;
        }
    }
}
