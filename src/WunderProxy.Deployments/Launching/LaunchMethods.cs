using System.Diagnostics;

namespace WunderProxy.Deployments.Launching;

/// <summary>The names of <see cref="LaunchMethod"/> values on the wire.</summary>
internal static class LaunchMethods
{
    /// <summary>Returns the name for the results of calls.</summary>
    public static string ToWire(this LaunchMethod method) => method switch
    {
        LaunchMethod.Running => "running",
        LaunchMethod.Started => "started",
        LaunchMethod.Created => "created",
        LaunchMethod.Pulled => "pulled",
        LaunchMethod.Loaded => "loaded",
        _ => throw new UnreachableException($"launch method {method}"),
    };
}
