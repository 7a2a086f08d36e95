namespace WunderProxy.Deployments.Contracts;

/// <summary>What was measured of a launch config on this machine.</summary>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="StartSeconds">Seconds from the start of its container until it was healthy; null if not measured.</param>
/// <param name="Traffic">What it answered when it was last in service; null if not measured.</param>
public sealed record Measured(string Hash, double? StartSeconds, TrafficSummary? Traffic);
