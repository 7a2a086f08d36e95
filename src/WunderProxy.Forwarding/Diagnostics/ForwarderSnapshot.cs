namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>A forwarder at a point in time.</summary>
/// <param name="Total">What was served since start, over all upstreams and without one.</param>
/// <param name="Upstream">The current upstream with what it served; null while there is none.</param>
/// <param name="Draining">Earlier upstreams that still hold something.</param>
/// <param name="Connections">Client connections by state.</param>
/// <param name="AcceptedConnections">Client connections accepted since start.</param>
/// <param name="RefusedConnections">Of these, those answered 503 because there were too many.</param>
/// <param name="IsPaused">Whether new requests wait.</param>
/// <param name="PausedRequests">How many wait.</param>
/// <param name="AccessLogDropped">Access-log lines lost because the sink was too slow or failed.</param>
public sealed record ForwarderSnapshot(
    TrafficSnapshot Total,
    UpstreamSnapshot? Upstream,
    IReadOnlyList<UpstreamSnapshot> Draining,
    ConnectionCounts Connections,
    long AcceptedConnections,
    long RefusedConnections,
    bool IsPaused,
    int PausedRequests,
    long AccessLogDropped)
{
    /// <summary>Requests that went to peers and came from them; null when no peer key was given.</summary>
    public FallbackSnapshot? Fallback { get; init; }
}
