using System.Net;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Options;

/// <summary>How a <see cref="ForwarderServer"/> treats its clients, and which resources it may use for them.</summary>
public sealed record ForwarderOptions
{
    /// <summary>
    /// Policy and certificates of the listeners that speak TLS: those for TLS and, for the
    /// manager API and the status listener, all with an IP address. Null for plain HTTP everywhere.
    /// </summary>
    public TlsSource? Tls { get; init; }

    /// <summary>How sockets are driven. Default: the fastest transport that works on this machine.</summary>
    public TransportKind Transport { get; init; } = TransportKind.Auto;

    /// <summary>Number of forwarding threads, 1 to 256. Default: one per processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Largest sizes, counts and times for clients and upstreams.</summary>
    public ForwarderLimits Limits { get; init; } = new();

    /// <summary>
    /// Networks whose forwarding headers are believed; a remote end on a unix socket is believed always, unless
    /// <see cref="TrustNobody"/> is set.
    /// Default: <see cref="PrivateNetworks"/>.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = PrivateNetworks;

    /// <summary>
    /// Addresses within <see cref="TrustedProxies"/> that are not believed, such as a bridge container's default
    /// gateway.
    /// </summary>
    public IReadOnlyList<IPAddress> UntrustedProxies { get; init; } = [];

    /// <summary>Whether forwarding headers are believed from nobody, remote ends on unix sockets included.</summary>
    public bool TrustNobody { get; init; }

    /// <summary>
    /// Networks of load balancers whose connections begin with a header of the PROXY protocol, version 1 or 2, which
    /// says who their client is. From these it is mandatory, and from others refused. Default: none.
    /// </summary>
    public IReadOnlyList<IPNetwork> ProxyProtocolNetworks { get; init; } = [];

    /// <summary>
    /// Name for <c>Via</c> fields; null, the default, adds none, because applications behind nginx's gzip_proxied stop
    /// compressing when they see one.
    /// </summary>
    public string? Via { get; init; }

    /// <summary>Receives access-log lines; null for no access log.</summary>
    public IAccessLogSink? AccessLog { get; init; }

    /// <summary>The format of an access-log line.</summary>
    public AccessLogFormat AccessLogFormat { get; init; } = AccessLogFormat.Text;

    /// <summary>
    /// The share of exchanges that went well that get an access-log line, 0 to 1; failed and slow ones and upgraded
    /// connections get theirs always. Default: 1.
    /// </summary>
    public double AccessLogSample { get; init; } = 1;

    /// <summary>
    /// Most client connections served at a time; another one is accepted, answered with 503 and closed. At most as many
    /// upstream connections are open, so that each client takes two descriptors. 0 means no limit.
    /// </summary>
    public int MaxConnections { get; init; }

    /// <summary>
    /// Most client connections at a time that receive the 503 because of <see cref="MaxConnections"/>, at least 1;
    /// others wait in the backlogs of the listeners.
    /// </summary>
    public int MaxRefusedConnections { get; init; } = 256;

    /// <summary>
    /// Most pipes over all threads, each with two descriptors, through which the epoll transport splices bodies;
    /// without a pipe a body is copied. Null means as many as are useful.
    /// </summary>
    public int? MaxSplicePipes { get; init; }

    /// <summary>
    /// How connections are divided among clients by their addresses; null means first come, first served. Not for a
    /// forwarder with <see cref="ProxyProtocolNetworks"/>, behind whose balancers all clients have one address.
    /// </summary>
    public CrowdOptions? Crowd { get; init; }

    /// <summary>Bounds of what is held of bodies for slow clients; null means that upstreams wait for their clients.</summary>
    public BufferOptions? Buffers { get; init; }

    /// <summary>The stamp for requests, if this forwarder is the front end of the manager API; else null.</summary>
    public RequestStamp? ApiStamp { get; init; }

    /// <summary>Which requests get a span; null for none.</summary>
    public SpanOptions? Traces { get; init; }

    /// <summary>The peers to try when this instance cannot answer, and to believe; null for none.</summary>
    public FallbackOptions? Fallback { get; init; }

    /// <summary>
    /// Answers to requests below <c>/.well-known/acme-challenge/</c>, which are asked before any application; null if all of
    /// them go to the applications.
    /// </summary>
    public IChallengeAnswers? Challenges { get; init; }

    /// <summary>The loopback, private, link-local and unique-local ranges (RFC 1918, 6598, 3927, 4193, 4291).</summary>
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
