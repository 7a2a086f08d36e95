namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>The state and the counters of a forwarder at a point in time.</summary>
/// <param name="Total">Exchanges served since start, over all upstreams and without one.</param>
/// <param name="Upstream">The current upstream with its counters; null while there is none.</param>
/// <param name="Draining">Earlier upstreams that still have exchanges or tunnels in flight.</param>
/// <param name="Connections">The number of client connections by state.</param>
/// <param name="AcceptedConnections">Client connections accepted since start.</param>
/// <param name="RefusedConnections">
/// Client connections answered with 503 because the connection limit was reached; included in
/// <paramref name="AcceptedConnections"/>.
/// </param>
/// <param name="IsPaused">Whether forwarding is paused, so that new requests wait.</param>
/// <param name="PausedRequests">Number of requests that wait because of the pause.</param>
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
    /// <summary>Requests sent to peers and received from peers; null without a peer key.</summary>
    public FallbackSnapshot? Fallback { get; init; }
}
