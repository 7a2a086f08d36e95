using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Launching;

namespace WunderProxy.Deployments.Watching;

/// <summary>
/// Combines our probes with the container's own <c>HEALTHCHECK</c>: the current container is unhealthy after three
/// failed probes in a row, or if the engine says so, whose check does its own counting.
/// </summary>
internal sealed class CurrentHealth
{
    private const int FailuresUntilUnhealthy = 3;

    private ContainerId _container;
    private int _failures;

    /// <summary>Adds the result of one look at the container.</summary>
    /// <param name="current">The current deployment, with the engine's last word; its health is updated.</param>
    /// <param name="probe">The result of our probe.</param>
    /// <returns>Whether the health changed.</returns>
    public bool Judge(Deployment current, ProbeResult probe)
    {
        var id = current.Replica.Id;
        if (id != _container || probe.IsHealthy)
        {
            _failures = 0;
            _container = id;
        }

        _failures += probe.IsHealthy ? 0 : 1;
        var reason = _failures >= FailuresUntilUnhealthy ? $"three probes failed, the last: {probe.Reason}"
            : current.Replica.Healthcheck == HealthcheckState.Unhealthy ? "its own HEALTHCHECK says so"
            : null;
        var before = current.See(replica => reason is not null ? replica.AsUnhealthy(reason)
            : probe.IsHealthy ? replica.AsHealthy()
            : replica);
        var now = current.Replica;
        return (before.Health, before.HealthReason) != (now.Health, now.HealthReason);
    }
}
