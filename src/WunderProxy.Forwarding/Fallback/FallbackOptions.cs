using System.Net;

namespace WunderProxy.Forwarding.Fallback;

/// <summary>Which other instances are tried when this one cannot answer, and how they know one another.</summary>
/// <param name="Peers">Addresses of their proxies; none only believes what others send here.</param>
/// <param name="Key">The secret that all of them share.</param>
public sealed record FallbackOptions(IReadOnlyList<EndPoint> Peers, PeerKey Key);
