using System.Net;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Configuration;

/// <summary>Where load balancers ask for the status when they may not reach the manager API (<c>--status</c>).</summary>
internal sealed record StatusListenerOptions
{
    /// <summary>Mode of the socket files that are made: a balancer runs as another user, and nothing here is secret.</summary>
    public const UnixFileMode UnixSocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Addresses to listen on; none switches the listener off.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; init; } = [];

    /// <summary>Most connections over all addresses; the descriptors of the process allow as many.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Most connections at a time that are being told that there are too many.</summary>
    public int MaxRefusedConnections { get; init; } = 32;

    /// <summary>Descriptors that connections of strangers to the port of the handlers may take until the handlers move.</summary>
    public int InnerStrangers { get; init; } = 32;

    /// <summary>Sizes, counts and times of callers.</summary>
    public ForwarderLimits Limits { get; init; } = new();

    /// <summary>How sockets are driven.</summary>
    public TransportKind Transport { get; init; } = TransportKind.Auto;
}
