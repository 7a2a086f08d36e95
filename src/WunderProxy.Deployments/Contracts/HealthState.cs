namespace WunderProxy.Deployments.Contracts;

/// <summary>Whether a container answers as it should.</summary>
internal enum HealthState
{
    /// <summary>Nobody has looked yet, or the container does not run.</summary>
    Unknown,

    /// <summary>The last probe succeeded, and the container's own <c>HEALTHCHECK</c> does not object.</summary>
    Healthy,

    /// <summary>Probes failed, or the container's own <c>HEALTHCHECK</c> says so, or it does not run.</summary>
    Unhealthy,
}
