namespace WunderProxy.Deployments.Statistics;

/// <summary>Upper bounds of the buckets of durations, in seconds.</summary>
internal static class DurationBounds
{
    /// <summary>Calls to engine and store, and health checks: 1 ms to 30 s.</summary>
    public static IReadOnlyList<double> Calls { get; } =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>Launches and their phases: 0.1 s to 10 minutes.</summary>
    public static IReadOnlyList<double> Launches { get; } = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

    /// <summary>Bounds for drains: 0.1 s to an hour.</summary>
    public static IReadOnlyList<double> Drains { get; } = [0.1, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];
}
