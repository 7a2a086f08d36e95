namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>What was served, counted from some start.</summary>
/// <param name="Requests">Exchanges that ended, refused requests included.</param>
/// <param name="TotalSeconds">Sum of their times.</param>
/// <param name="ResponseTimes">Quantiles of their times.</param>
/// <param name="Status">By status.</param>
/// <param name="BytesIn">Bytes of requests, heads and bodies and tunnels, as received from clients.</param>
/// <param name="BytesOut">Bytes of responses, heads and bodies and tunnels, as sent to clients.</param>
/// <param name="GatewayErrors">502 and 504 that we made ourselves.</param>
/// <param name="Aborted">Exchanges whose response was cut off, by either side.</param>
public sealed record TrafficSnapshot(
    long Requests,
    double TotalSeconds,
    ResponseTimes ResponseTimes,
    StatusCounts Status,
    long BytesIn,
    long BytesOut,
    long GatewayErrors,
    long Aborted)
{
    /// <summary>The times themselves, shortest first: what came between two snapshots is their difference.</summary>
    public IReadOnlyList<ResponseTimeCount> TimeCounts { get; init; } = [];
}
