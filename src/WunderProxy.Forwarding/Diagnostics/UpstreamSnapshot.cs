using System.Net;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>The state and the counters of one upstream, current or earlier, at a point in time.</summary>
/// <param name="EndPoint">The address of the upstream.</param>
/// <param name="Label">The name that the creator of the upstream gave it.</param>
/// <param name="Since">When the upstream was created.</param>
/// <param name="InFlight">The exchanges and tunnels in flight.</param>
/// <param name="Traffic">The exchanges served since the upstream was created.</param>
/// <param name="LastConnectRefused">Whether the last attempt to connect to the upstream failed.</param>
public sealed record UpstreamSnapshot(
    EndPoint EndPoint,
    string Label,
    DateTimeOffset Since,
    InFlightCounts InFlight,
    TrafficSnapshot Traffic,
    bool LastConnectRefused);
