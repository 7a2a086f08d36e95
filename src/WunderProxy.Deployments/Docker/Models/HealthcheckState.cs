namespace WunderProxy.Deployments.Docker.Models;

/// <summary>What the engine says of a container's own <c>HEALTHCHECK</c>.</summary>
internal enum HealthcheckState
{
    /// <summary>The container has no <c>HEALTHCHECK</c>.</summary>
    None,

    /// <summary>The check has not decided yet.</summary>
    Starting,

    /// <summary>The check succeeds.</summary>
    Healthy,

    /// <summary>The check failed so often that the engine calls the container unhealthy.</summary>
    Unhealthy,
}
