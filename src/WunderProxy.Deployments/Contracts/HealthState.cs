namespace WunderProxy.Deployments.Contracts;

/// <summary>Whether a container answers as it should.</summary>
internal enum HealthState
{
    /// <summary>The container has not been examined yet, or does not run.</summary>
    Unknown,

    /// <summary>The last probe succeeded, and the container's own <c>HEALTHCHECK</c> does not object.</summary>
    Healthy,

    /// <summary>
    /// Probes failed, the container's own <c>HEALTHCHECK</c> reports unhealthy, or the container does not run.
    /// </summary>
    Unhealthy,
}
