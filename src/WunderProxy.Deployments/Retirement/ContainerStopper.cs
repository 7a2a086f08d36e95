using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Retirement;

/// <summary>
/// Stops containers as their own settings say: the engine sends their <c>StopSignal</c>, and SIGKILL after their
/// <c>StopTimeout</c>.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="standard">From the signal to SIGKILL, for containers without a <c>StopTimeout</c>.</param>
internal sealed class ContainerStopper(DockerEngineClient engine, TimeSpan standard)
{
    /// <summary>Longest patience; a negative <c>StopTimeout</c>, for ever to the engine, is cut to it too.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Stops a container and waits for its end.</summary>
    /// <exception cref="ContainerNotFoundException">It is gone.</exception>
    /// <exception cref="DockerEngineException">The engine refuses.</exception>
    /// <exception cref="EngineUnavailableException">The engine is away.</exception>
    public async Task StopAsync(string id, CancellationToken cancellationToken)
    {
        var container = await engine.InspectContainerAsync(id, cancellationToken);
        await engine.StopContainerAsync(id, PatienceOf(container.Config.StopTimeout), cancellationToken);
    }

    private TimeSpan PatienceOf(long? seconds) => seconds switch
    {
        null => standard,
        < 0 => Longest,
        _ => TimeSpan.FromSeconds(Math.Min(seconds.Value, (long)Longest.TotalSeconds)),
    };
}
