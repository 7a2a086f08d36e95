using System.Net;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Configuration;

/// <summary>Where the manager API listens, and who may make changes through it.</summary>
internal sealed record ManagerApiOptions
{
    /// <summary>Address on which <c>run</c> listens without <c>--api</c>, as the older tool did.</summary>
    public static readonly EndPoint DefaultEndPoint = new IPEndPoint(IPAddress.Any, 8001);

    /// <summary>Addresses of the public listeners; without any, the API is off.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; init; } = [];

    /// <summary>Most connections over all addresses, within the process's descriptor limit.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>Most connections that may at the same time receive the answer that there are too many.</summary>
    public int MaxRefusedConnections { get; init; } = 64;

    /// <summary>
    /// Most descriptors that strangers' connections to the inner port may take before the handlers move to another
    /// port.
    /// </summary>
    public int InnerStrangers { get; init; } = 32;

    /// <summary>
    /// Mode of the API's socket files; only the owner has access unless <c>--api-mode</c> says otherwise.
    /// </summary>
    public UnixFileMode UnixSocketMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The public listeners of <see cref="EndPoints"/>.</summary>
    public IReadOnlyList<ListenerOptions> Listeners =>
        [.. EndPoints.Select(endPoint => new ListenerOptions(endPoint, ListenerKind.Api) { UnixSocketMode = UnixSocketMode })];

    /// <summary>Policy and certificate of the API's TCP addresses; null for plain HTTP.</summary>
    public TlsSource? Tls { get; init; }

    /// <summary>Bearer token for changing calls; null if none is configured.</summary>
    public string? Token { get; init; }

    /// <summary>File with the token, read again on SIGHUP; null if there is none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Networks whose callers may make changes without a token.</summary>
    public IReadOnlyList<IPNetwork> Open { get; init; } = [];

    /// <summary>Limits of sizes, counts and times for callers, the same as for the proxy's clients.</summary>
    public ForwarderLimits Limits { get; init; } = new();

    /// <summary>The kind of transport that drives the API's sockets.</summary>
    public TransportKind Transport { get; init; } = TransportKind.Auto;
}
