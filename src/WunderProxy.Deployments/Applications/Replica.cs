using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Machines;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// One container of a deployment as it was last seen. The deployment replaces it as a whole, so that address and start
/// time in one object belong together.
/// </summary>
internal sealed record Replica
{
    /// <summary>Id of the container; empty before the engine has created it.</summary>
    public ContainerId Id { get; init; }

    /// <summary>Name of the container; empty before the engine was asked to create it.</summary>
    public string Name { get; init; } = "";

    /// <summary>When the engine created the container.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// Start time of the run that was found healthy, as the engine writes it; another start time means another process.
    /// </summary>
    public string StartedAt { get; init; } = "";

    /// <summary>
    /// The last known address of the container; null while it does not run. The slot decides whether traffic goes
    /// there.
    /// </summary>
    public ContainerAddress? Address { get; init; }

    /// <summary>Whether the container answers as it should.</summary>
    public HealthState Health { get; private init; }

    /// <summary>Why the container is not healthy; null if there is nothing to say.</summary>
    public string? HealthReason { get; private init; }

    /// <summary>
    /// The engine's last result of the container's own <c>HEALTHCHECK</c>; null before the first query.
    /// </summary>
    public HealthcheckState? Healthcheck { get; init; }

    /// <summary>Returns this container as found healthy.</summary>
    public Replica AsHealthy() => this with { Health = HealthState.Healthy, HealthReason = null };

    /// <summary>Returns this container as found unhealthy, with the reason.</summary>
    public Replica AsUnhealthy(string reason) => this with { Health = HealthState.Unhealthy, HealthReason = reason };

    /// <summary>Returns this container as out of service, in which state it is not examined any more.</summary>
    public Replica AsStopped() => this with { Address = null, Health = HealthState.Unknown, HealthReason = null };
}
