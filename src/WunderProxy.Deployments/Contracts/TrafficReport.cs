namespace WunderProxy.Deployments.Contracts;

/// <summary>The exchanges that one target has served.</summary>
/// <param name="Requests">Number of exchanges that ended.</param>
/// <param name="ServerErrors">Number of answers with status 500 to 599, made by the upstream or by the proxy.</param>
/// <param name="GatewayErrors">Number of 502 and 504 among them that the proxy made.</param>
/// <param name="Times">Histogram of the durations, shortest first.</param>
public sealed record TrafficReport(long Requests, long ServerErrors, long GatewayErrors, IReadOnlyList<TimeCount> Times)
{
    /// <summary>Time from which the target's exchanges are counted, UTC; null if unknown.</summary>
    public DateTimeOffset? CountedFrom { get; init; }

    /// <summary>Returns what was served after <paramref name="earlier"/>, a report on the same target.</summary>
    public TrafficReport Since(TrafficReport earlier)
    {
        var before = earlier.Times.ToDictionary(time => time.UpToSeconds, time => time.Count);
        return new TrafficReport(
            Requests - earlier.Requests,
            ServerErrors - earlier.ServerErrors,
            GatewayErrors - earlier.GatewayErrors,
            [.. Times.Select(time => time with { Count = time.Count - before.GetValueOrDefault(time.UpToSeconds) })]);
    }

    /// <summary>
    /// Returns the duration in seconds within which the given share of the exchanges ended; 0 if there was none.
    /// </summary>
    /// <param name="share">The share of the exchanges, 0 to 1.</param>
    public double Quantile(double share)
    {
        var rank = (long)Math.Ceiling(Times.Sum(time => time.Count) * share);
        long seen = 0;
        foreach (var time in Times.SkipWhile(time => time.Count <= 0))
        {
            seen += time.Count;
            if (seen >= rank)
            {
                return time.UpToSeconds;
            }
        }

        return 0;
    }
}
