namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>The state and the counters of a forwarder at a point in time.</summary>
/// <param name="Total">Exchanges served since start, for all applications, and those that were refused before an application was chosen.</param>
/// <param name="Connections">The number of client connections by state.</param>
/// <param name="AcceptedConnections">Client connections accepted since start.</param>
/// <param name="RefusedConnections">
/// Client connections answered with 503 because the connection limit was reached; included in
/// <paramref name="AcceptedConnections"/>.
/// </param>
/// <param name="AccessLogDropped">Access-log lines lost because the sink was too slow or failed.</param>
public sealed record ForwarderSnapshot(
    TrafficSnapshot Total,
    ConnectionCounts Connections,
    long AcceptedConnections,
    long RefusedConnections,
    long AccessLogDropped)
{
    /// <summary>Requests sent to peers and received from peers; null without a peer key.</summary>
    public FallbackSnapshot? Fallback { get; init; }

    /// <summary>Client connections by what their listeners are for.</summary>
    public IReadOnlyList<ListenerCounts> Listeners { get; init; } = [];

    /// <summary>What is held of bodies for slow clients; null if nothing is buffered.</summary>
    public BufferSnapshot? Buffers { get; init; }
}
