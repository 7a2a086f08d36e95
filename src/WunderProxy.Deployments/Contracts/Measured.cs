namespace WunderProxy.Deployments.Contracts;

/// <summary>Measurements of a launch config, on one machine or on several that served it.</summary>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="StartSeconds">
/// Seconds from the start of its container until it was healthy, of the machine that took longest; null if not measured.
/// </param>
/// <param name="Traffic">
/// Its answers when it was last in service; null if not measured. Of several machines: the sums of the counts, the
/// share of errors in all answers, and the longest response times.
/// </param>
public sealed record Measured(string Hash, double? StartSeconds, TrafficSummary? Traffic)
{
    /// <summary>Seconds for which it was last in service, of the machine that served longest; null if unknown.</summary>
    public double? ServedSeconds { get; init; }

    /// <summary>Number of machines whose measurements these are.</summary>
    public int Machines { get; init; } = 1;

    /// <summary>
    /// Name of the machine whose response times these are; null if only one machine measured some, and for callers
    /// without rights.
    /// </summary>
    public string? SlowestHost { get; init; }

    /// <summary>Returns what callers without rights may see: the machine's name is left out.</summary>
    public Measured ForAnybody() => this with { SlowestHost = null };
}
