using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Machines;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// One container of a deployment as it was last seen. Its deployment replaces it as a whole, so that whoever holds one
/// sees an address and a start that belong together.
/// </summary>
internal sealed record Replica
{
    /// <summary>The container; empty before the engine has created it.</summary>
    public ContainerId Id { get; init; }

    /// <summary>The container's name; empty before the engine was asked to create it.</summary>
    public string Name { get; init; } = "";

    /// <summary>When the engine created the container.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The start that was found healthy, as the engine writes it: another start is another process.</summary>
    public string StartedAt { get; init; } = "";

    /// <summary>
    /// Where the container was last reached; null while it does not run. Whether traffic goes there is the slot's to say.
    /// </summary>
    public ContainerAddress? Address { get; init; }

    /// <summary>Whether the container answers as it should.</summary>
    public HealthState Health { get; private init; }

    /// <summary>Why the container is not healthy; null when that needs no word.</summary>
    public string? HealthReason { get; private init; }

    /// <summary>The engine's last word on the container's own <c>HEALTHCHECK</c>; null before the engine was asked.</summary>
    public HealthcheckState? Healthcheck { get; init; }

    /// <summary>This container, found healthy.</summary>
    public Replica AsHealthy() => this with { Health = HealthState.Healthy, HealthReason = null };

    /// <summary>This container, found unhealthy.</summary>
    public Replica AsUnhealthy(string reason) => this with { Health = HealthState.Unhealthy, HealthReason = reason };

    /// <summary>This container, out of service: nobody looks at it any more.</summary>
    public Replica AsStopped() => this with { Address = null, Health = HealthState.Unknown, HealthReason = null };
}
