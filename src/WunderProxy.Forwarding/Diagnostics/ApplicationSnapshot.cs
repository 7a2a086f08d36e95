namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>The state and the counters of one application of a forwarder at a point in time.</summary>
/// <param name="Traffic">Exchanges served for the application since start, over all upstreams and without one.</param>
/// <param name="Upstream">The current upstream with its counters; null while there is none.</param>
/// <param name="Draining">Earlier upstreams that still have exchanges or tunnels in flight.</param>
/// <param name="IsPaused">Whether the application is paused, so that new requests wait.</param>
/// <param name="PausedRequests">Number of requests that wait because of the pause.</param>
public sealed record ApplicationSnapshot(
    TrafficSnapshot Traffic,
    UpstreamSnapshot? Upstream,
    IReadOnlyList<UpstreamSnapshot> Draining,
    bool IsPaused,
    int PausedRequests);
