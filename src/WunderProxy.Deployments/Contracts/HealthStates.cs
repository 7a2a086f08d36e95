using System.Diagnostics;

namespace WunderProxy.Deployments.Contracts;

/// <summary>The names of <see cref="HealthState"/> values on the wire.</summary>
internal static class HealthStates
{
    /// <summary>Returns the name for logs, <c>/status</c> and <c>/containers</c>.</summary>
    public static string ToWire(this HealthState health) => health switch
    {
        HealthState.Unknown => "unknown",
        HealthState.Healthy => "healthy",
        HealthState.Unhealthy => "unhealthy",
        _ => throw new UnreachableException($"health {health}"),
    };
}
