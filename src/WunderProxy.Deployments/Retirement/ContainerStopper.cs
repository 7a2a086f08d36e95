using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Retirement;

/// <summary>
/// Stops containers according to their own settings: the engine sends their <c>StopSignal</c>, and SIGKILL after their
/// <c>StopTimeout</c>.
/// </summary>
/// <param name="engine">Client of the engine.</param>
/// <param name="standard">Time from the signal to SIGKILL for containers without a <c>StopTimeout</c>.</param>
internal sealed class ContainerStopper(DockerEngineClient engine, TimeSpan standard)
{
    /// <summary>
    /// Longest time given to a container; a negative <c>StopTimeout</c>, which means no limit to the engine, is reduced
    /// to this too.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Stops a container and waits until it has ended.</summary>
    /// <exception cref="ContainerNotFoundException">The container does not exist any more.</exception>
    /// <exception cref="DockerEngineException">The engine refuses to stop it.</exception>
    /// <exception cref="EngineUnavailableException">The engine does not answer.</exception>
    public async Task StopAsync(string id, CancellationToken cancellationToken)
    {
        var container = await engine.InspectContainerAsync(id, cancellationToken);
        await engine.StopContainerAsync(id, PatienceOf(container.StopTimeout), cancellationToken);
    }

    private TimeSpan PatienceOf(long? seconds) => seconds switch
    {
        null => standard,
        < 0 => Longest,
        _ => TimeSpan.FromSeconds(Math.Min(seconds.Value, (long)Longest.TotalSeconds)),
    };
}
