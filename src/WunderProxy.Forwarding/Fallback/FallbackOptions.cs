using System.Net;

namespace WunderProxy.Forwarding.Fallback;

/// <summary>
/// The peers that are tried when this instance cannot answer, and the key by which they recognise each other.
/// </summary>
/// <param name="Peers">
/// Addresses of the peers' proxies; without any, this instance only believes what peers send.
/// </param>
/// <param name="Key">The secret that all peers share.</param>
public sealed record FallbackOptions(IReadOnlyList<EndPoint> Peers, PeerKey Key);
