namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Counters of exchanges served since a point in time.</summary>
/// <param name="Requests">Exchanges that ended, refused requests included.</param>
/// <param name="TotalSeconds">Sum of the durations of these exchanges, in seconds.</param>
/// <param name="ResponseTimes">Quantiles of the durations.</param>
/// <param name="Status">Number of responses by status.</param>
/// <param name="BytesIn">Bytes received from clients: heads, bodies and tunnels.</param>
/// <param name="BytesOut">Bytes sent to clients: heads, bodies and tunnels.</param>
/// <param name="GatewayErrors">Responses with status 502 or 504 that the proxy made itself.</param>
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
    /// <summary>
    /// Histogram of the durations; the difference of two snapshots describes the time between them.
    /// </summary>
    public LatencyHistogram Latency { get; init; } = LatencyHistogram.Empty;

    /// <summary>Connects to an upstream that failed.</summary>
    public long ConnectsFailed { get; init; }

    /// <summary>Requests that were sent once more, on another connection.</summary>
    public long Retries { get; init; }

    /// <summary>Requests that were sent to a peer because they failed here.</summary>
    public long Fallbacks { get; init; }
}
