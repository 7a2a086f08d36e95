using System.Diagnostics;

namespace WunderProxy.Deployments.Contracts;

/// <summary>The names of <see cref="HealthState"/>.</summary>
internal static class HealthStates
{
    /// <summary>The name in logs, <c>/status</c> and <c>/containers</c>.</summary>
    public static string ToWire(this HealthState health) => health switch
    {
        HealthState.Unknown => "unknown",
        HealthState.Healthy => "healthy",
        HealthState.Unhealthy => "unhealthy",
        _ => throw new UnreachableException($"health {health}"),
    };
}
