using System.Net;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Whose forwarding headers are believed.</summary>
internal sealed class TrustedPeers(ForwarderOptions options)
{
    private readonly IPNetwork[] _trusted = [.. options.TrustedProxies];
    private readonly IPAddress[] _untrusted = [.. options.UntrustedProxies];
    private readonly bool _trustNobody = options.TrustNobody;

    /// <summary>Whether the peer is trusted.</summary>
    /// <param name="peer">Its address, not mapped into IPv6; null for a unix-socket peer.</param>
    public bool Contains(IPAddress? peer)
    {
        if (_trustNobody)
        {
            return false;
        }

        if (peer is null)
        {
            return true;
        }

        return Array.Exists(_trusted, network => network.Contains(peer)) && !Array.Exists(_untrusted, peer.Equals);
    }
}
