namespace WunderProxy.Deployments.Contracts;

/// <summary>What one target has served.</summary>
/// <param name="Requests">Exchanges that ended.</param>
/// <param name="ServerErrors">Those answered 500 to 599, whoever made the answer.</param>
/// <param name="GatewayErrors">The 502 and 504 among them that the proxy made.</param>
/// <param name="Times">How long the exchanges took, shortest first.</param>
public sealed record TrafficReport(long Requests, long ServerErrors, long GatewayErrors, IReadOnlyList<TimeCount> Times)
{
    /// <summary>What came after <paramref name="earlier"/>, a report on the same target.</summary>
    public TrafficReport Since(TrafficReport earlier)
    {
        var before = earlier.Times.ToDictionary(time => time.UpToSeconds, time => time.Count);
        return new TrafficReport(
            Requests - earlier.Requests,
            ServerErrors - earlier.ServerErrors,
            GatewayErrors - earlier.GatewayErrors,
            [.. Times.Select(time => time with { Count = time.Count - before.GetValueOrDefault(time.UpToSeconds) })]);
    }

    /// <summary>The seconds that so large a share of the exchanges took at most; 0 when there was none.</summary>
    /// <param name="share">0 to 1.</param>
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
