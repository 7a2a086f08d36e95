using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Launching;

namespace WunderProxy.Deployments.Watching;

/// <summary>
/// What our probes and the container's own <c>HEALTHCHECK</c> say together of the current container: unhealthy when
/// three probes in a row failed, or when the engine says so, which has counted for itself.
/// </summary>
internal sealed class CurrentHealth
{
    private const int FailuresUntilUnhealthy = 3;

    private string _container = "";
    private int _failures;

    /// <summary>Takes in one look.</summary>
    /// <param name="current">The one looked at, with the engine's last word; its health is set.</param>
    /// <param name="probe">Our probe.</param>
    /// <returns>Whether anything changed.</returns>
    public bool Judge(Deployment current, ProbeResult probe)
    {
        if (current.ContainerId != _container || probe.IsHealthy)
        {
            _failures = 0;
            _container = current.ContainerId;
        }

        _failures += probe.IsHealthy ? 0 : 1;
        var reason = _failures >= FailuresUntilUnhealthy ? $"three probes failed, the last: {probe.Reason}"
            : current.Healthcheck == "unhealthy" ? "its own HEALTHCHECK says so"
            : null;
        var before = (current.Health, current.HealthReason);
        if (reason is not null)
        {
            current.SetUnhealthy(reason);
        }
        else if (probe.IsHealthy)
        {
            current.Health = "healthy";
        }

        return before != (current.Health, current.HealthReason);
    }
}
