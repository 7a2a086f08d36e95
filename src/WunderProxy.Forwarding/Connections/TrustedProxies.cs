using System.Net;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Connections;

/// <summary>The trusted proxies: remote ends whose forwarding headers are believed.</summary>
internal sealed class TrustedProxies(ForwarderOptions options)
{
    private readonly IPNetwork[] _trusted = [.. options.TrustedProxies];
    private readonly IPAddress[] _untrusted = [.. options.UntrustedProxies];
    private readonly bool _trustNobody = options.TrustNobody;

    /// <summary>Whether a remote end is a trusted proxy.</summary>
    /// <param name="remote">Address of the remote end, not mapped into IPv6; null on a unix socket.</param>
    public bool Contains(IPAddress? remote)
    {
        if (_trustNobody)
        {
            return false;
        }

        if (remote is null)
        {
            return true;
        }

        return Array.Exists(_trusted, network => network.Contains(remote)) && !Array.Exists(_untrusted, remote.Equals);
    }
}
