using System.Net;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>One upstream, current or earlier, at a point in time.</summary>
/// <param name="EndPoint">Its address.</param>
/// <param name="Label">The name that its creator gave it.</param>
/// <param name="Since">When it was created.</param>
/// <param name="InFlight">What it holds.</param>
/// <param name="Traffic">What it served since then.</param>
/// <param name="LastConnectRefused">Whether the last attempt to connect failed.</param>
public sealed record UpstreamSnapshot(
    EndPoint EndPoint,
    string Label,
    DateTimeOffset Since,
    InFlightCounts InFlight,
    TrafficSnapshot Traffic,
    bool LastConnectRefused);
