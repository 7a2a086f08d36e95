using System.Net;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Configuration;

/// <summary>Where the manager API listens and who may change things through it.</summary>
internal sealed record ManagerApiOptions
{
    /// <summary>Where <c>run</c> listens without <c>--api</c>, as the older tool did.</summary>
    public static readonly EndPoint DefaultEndPoint = new IPEndPoint(IPAddress.Any, 8001);

    /// <summary>Addresses of the public listeners; none switches the API off.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; init; } = [];

    /// <summary>Most connections over all addresses; the descriptors of the process allow as many.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>Most connections at a time that are being told that there are too many.</summary>
    public int MaxRefusedConnections { get; init; } = 64;

    /// <summary>Descriptors that connections of strangers to the port of the handlers may take until the handlers move.</summary>
    public int InnerStrangers { get; init; } = 32;

    /// <summary>Mode of the socket files that are made; their owner's alone unless <c>--api-mode</c> says otherwise.</summary>
    public UnixFileMode UnixSocketMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Bearer token for changing calls; null when none is configured.</summary>
    public string? Token { get; init; }

    /// <summary>File that holds the token, read again on SIGHUP; null when there is none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Callers that may change things without a token.</summary>
    public IReadOnlyList<IPNetwork> Open { get; init; } = [];

    /// <summary>Sizes, counts and times of callers, as the proxy's clients have them.</summary>
    public ForwarderLimits Limits { get; init; } = new();

    /// <summary>How sockets are driven.</summary>
    public TransportKind Transport { get; init; } = TransportKind.Auto;
}
