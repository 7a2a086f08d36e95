using System.Net;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Fallback;
using WunderProxy.Forwarding.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Starts proxies that have peers to send to, all of them with the one key.</summary>
internal static class PeeredProxy
{
    /// <summary>The options with these peers.</summary>
    public static ForwarderOptions WithPeers(this ForwarderOptions options, params EndPoint[] peers) =>
        options with { Fallback = new FallbackOptions(peers, PeerSignature.Key()) };

    /// <summary>One with an upstream and a scripted peer.</summary>
    public static ProxyUnderTest Start(
        TransportKind transport,
        out ScriptedUpstream peer,
        Func<ForwarderOptions, ForwarderOptions>? configure = null,
        ApplicationOptions? served = null)
    {
        peer = ScriptedUpstream.Start();
        return Start(transport, peer.EndPoint, configure, served);
    }

    /// <summary>One without an upstream: what its clients ask goes to the scripted peer.</summary>
    public static ProxyUnderTest WithoutUpstream(
        TransportKind transport, out ScriptedUpstream peer, Func<ForwarderOptions, ForwarderOptions>? configure = null)
    {
        peer = ScriptedUpstream.Start();
        return WithoutUpstream(transport, peer.EndPoint, configure);
    }

    /// <summary>One without an upstream: what its clients ask goes to the peer at that address.</summary>
    public static ProxyUnderTest WithoutUpstream(
        TransportKind transport,
        EndPoint peer,
        Func<ForwarderOptions, ForwarderOptions>? configure = null,
        ListenerSet? listeners = null)
    {
        var proxy = Start(transport, peer, configure, listeners: listeners);
        proxy.Slot.Switch(null);
        return proxy;
    }

    private static ProxyUnderTest Start(
        TransportKind transport,
        EndPoint peer,
        Func<ForwarderOptions, ForwarderOptions>? configure,
        ApplicationOptions? served = null,
        ListenerSet? listeners = null) =>
        ProxyUnderTest.Start(
            transport,
            options =>
            {
                options = options.WithPeers(peer);
                return configure?.Invoke(options) ?? options;
            },
            served: served,
            listeners: listeners);
}
