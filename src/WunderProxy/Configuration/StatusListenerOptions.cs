using System.Net;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Configuration;

/// <summary>Where load balancers that cannot reach the manager API ask for the status (<c>--status</c>).</summary>
internal sealed record StatusListenerOptions
{
    /// <summary>
    /// Mode of the listener's socket files. Everybody has access: a load balancer runs as another user, and the answers
    /// contain no secrets.
    /// </summary>
    public const UnixFileMode UnixSocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Addresses of the listener; without any, the listener is off.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; init; } = [];

    /// <summary>The listening sockets of <see cref="EndPoints"/>.</summary>
    public IReadOnlyList<ListenerOptions> Listeners =>
        [.. EndPoints.Select(endPoint => new ListenerOptions(endPoint, ListenerKind.Status) { UnixSocketMode = UnixSocketMode })];

    /// <summary>Policy and certificate of the listener's TCP addresses; null for plain HTTP.</summary>
    public TlsSource? Tls { get; init; }

    /// <summary>Most connections over all addresses, within the process's descriptor limit.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Most connections that may at the same time receive the answer that there are too many.</summary>
    public int MaxRefusedConnections { get; init; } = 32;

    /// <summary>
    /// Most descriptors that strangers' connections to the inner port may take before the handlers move to another
    /// port.
    /// </summary>
    public int InnerStrangers { get; init; } = 32;

    /// <summary>Limits of sizes, counts and times for callers.</summary>
    public ForwarderLimits Limits { get; init; } = new();

    /// <summary>The kind of transport that drives the listener's sockets.</summary>
    public TransportKind Transport { get; init; } = TransportKind.Auto;
}
