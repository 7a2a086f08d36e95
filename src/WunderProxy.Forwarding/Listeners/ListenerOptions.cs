using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Listeners;

/// <summary>An address to listen on, with the kind of its clients.</summary>
/// <param name="EndPoint">
/// An <see cref="IPEndPoint"/>, where <c>[::]</c> is IPv6 alone; an <see cref="EndPointGroup"/>, which becomes a
/// listener for each of its addresses; or a <see cref="UnixDomainSocketEndPoint"/>. Port 0 takes a free port.
/// </param>
/// <param name="Kind">The protocol of the clients, and the server that answers them.</param>
public sealed record ListenerOptions(EndPoint EndPoint, ListenerKind Kind = ListenerKind.Proxy)
{
    /// <summary>Mode of the file of a unix socket; null leaves the mode to the umask.</summary>
    public UnixFileMode? UnixSocketMode { get; init; }
}
