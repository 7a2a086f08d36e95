using System.Net;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Another instance, as we know it.</summary>
/// <param name="EndPoint">Its address.</param>
/// <param name="LastConnectRefused">Whether the last attempt to connect failed.</param>
public sealed record PeerSnapshot(EndPoint EndPoint, bool LastConnectRefused);
