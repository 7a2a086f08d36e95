using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Options;

/// <summary>What a <see cref="ForwarderServer"/> listens on and how it treats its clients.</summary>
public sealed record ForwarderOptions
{
    /// <summary>
    /// Addresses to bind: <see cref="IPEndPoint"/>, of which <c>[::]</c> is IPv6 alone, <see cref="EndPointGroup"/> or
    /// <see cref="UnixDomainSocketEndPoint"/>; port 0 takes a free one.
    /// </summary>
    public IReadOnlyList<EndPoint> EndPoints { get; init; } = [];

    /// <summary>Sockets already bound and listening, taken over in addition to <see cref="EndPoints"/>; owned by the server from then on.</summary>
    public IReadOnlyList<Socket> ListeningSockets { get; init; } = [];

    /// <summary>Mode of the socket files that are made; null leaves it to the umask.</summary>
    public UnixFileMode? UnixSocketMode { get; init; }

    /// <summary>How sockets are driven. Default: the fastest that works here.</summary>
    public TransportKind Transport { get; init; } = TransportKind.Auto;

    /// <summary>Forwarding threads, 1 to 256. Default: one per processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Sizes, counts and times.</summary>
    public ForwarderLimits Limits { get; init; } = new();

    /// <summary>
    /// Networks whose forwarding headers are believed; a remote end on a unix socket is believed always, unless
    /// <see cref="TrustNobody"/> is set.
    /// Default: <see cref="PrivateNetworks"/>.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = PrivateNetworks;

    /// <summary>Addresses within <see cref="TrustedProxies"/> that are not believed: a bridge container's default gateway.</summary>
    public IReadOnlyList<IPAddress> UntrustedProxies { get; init; } = [];

    /// <summary>Whether forwarding headers are believed from nobody, remote ends on unix sockets included.</summary>
    public bool TrustNobody { get; init; }

    /// <summary>Name for <c>Via</c> fields; null adds none, as applications behind nginx's gzip_proxied stop compressing when they see one.</summary>
    public string? Via { get; init; }

    /// <summary>Where access-log lines go; null writes none.</summary>
    public IAccessLogSink? AccessLog { get; init; }

    /// <summary>Form of an access-log line.</summary>
    public AccessLogFormat AccessLogFormat { get; init; } = AccessLogFormat.Text;

    /// <summary>
    /// Most client connections served at a time; one more is accepted, answered 503 and closed. As many upstream
    /// connections at most are open at a time, so that each client takes two descriptors. 0: no bound.
    /// </summary>
    public int MaxConnections { get; init; }

    /// <summary>
    /// Most client connections at a time that are being answered 503 because of <see cref="MaxConnections"/>, at least
    /// 1; more wait in the backlogs of the listeners.
    /// </summary>
    public int MaxRefusedConnections { get; init; } = 256;

    /// <summary>
    /// Most pipes, of two descriptors each, through which the epoll transport splices bodies, over all threads;
    /// without one a body is copied. Null: as many as are of use.
    /// </summary>
    public int? MaxSplicePipes { get; init; }

    /// <summary>How connections are shared out among clients by their addresses; null: first come, first served.</summary>
    public CrowdOptions? Crowd { get; init; }

    /// <summary>Set when this forwarder is the front end of the manager API.</summary>
    public RequestStamp? ApiStamp { get; init; }

    /// <summary>Other instances, to try when this one cannot answer, and to believe; null for none.</summary>
    public FallbackOptions? Fallback { get; init; }

    /// <summary>Loopback, private, link-local and unique-local ranges (RFC 1918, 6598, 3927, 4193, 4291).</summary>
    public static IReadOnlyList<IPNetwork> PrivateNetworks { get; } =
    [
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("::1/128"),
        IPNetwork.Parse("fc00::/7"),
        IPNetwork.Parse("fe80::/10"),
    ];
}
