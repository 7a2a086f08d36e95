namespace WunderProxy.Deployments.Docker.Models;

/// <summary>What the engine reports about a container's own <c>HEALTHCHECK</c>.</summary>
internal enum HealthcheckState
{
    /// <summary>The container has no <c>HEALTHCHECK</c>.</summary>
    None,

    /// <summary>The check has not come to a result yet.</summary>
    Starting,

    /// <summary>The check succeeds, so the container is healthy.</summary>
    Healthy,

    /// <summary>The check failed so often that the engine calls the container unhealthy.</summary>
    Unhealthy,
}
