using System.Net;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>The state of a peer as this instance knows it.</summary>
/// <param name="EndPoint">The address of the peer.</param>
/// <param name="LastConnectRefused">Whether the last attempt to connect to the peer failed.</param>
public sealed record PeerSnapshot(EndPoint EndPoint, bool LastConnectRefused);
