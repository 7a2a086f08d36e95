namespace WunderProxy.Deployments.Contracts;

/// <summary>How one revision answered, in a few numbers.</summary>
/// <param name="Requests">Number of exchanges that ended.</param>
/// <param name="ErrorShare">Share of answers with status 500 to 599, 0 to 1; made by the application or by the proxy.</param>
/// <param name="GatewayErrors">Number of 502 and 504 answers that the proxy made.</param>
/// <param name="P50">Median of the durations in seconds; 0 without exchanges.</param>
/// <param name="P99">Duration in seconds within which 99 of 100 exchanges ended; 0 without exchanges.</param>
public sealed record TrafficSummary(long Requests, double ErrorShare, long GatewayErrors, double P50, double P99)
{
    /// <summary>Returns the figures of a report that people compare.</summary>
    public static TrafficSummary Of(TrafficReport report) => new(
        report.Requests,
        report.Requests == 0 ? 0 : Math.Round((double)report.ServerErrors / report.Requests, 6),
        report.GatewayErrors,
        report.Quantile(0.5),
        report.Quantile(0.99));
}
