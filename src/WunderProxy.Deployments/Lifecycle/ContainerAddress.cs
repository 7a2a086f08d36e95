using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>Where a container is reached.</summary>
/// <param name="EndPoint">What the proxy connects to.</param>
/// <param name="Port">Published port, else the container port: the number that scripts see.</param>
internal sealed record ContainerAddress(EndPoint EndPoint, int Port)
{
    /// <summary><c>host:port</c>, IPv6 in brackets.</summary>
    public override string ToString() => Format(EndPoint);

    public static string Format(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint named => string.Create(CultureInfo.InvariantCulture, $"{named.Host}:{named.Port}"),
        _ => endPoint.ToString()!,
    };

    public static int PortOf(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint ip => ip.Port,
        DnsEndPoint named => named.Port,
        _ => 80,
    };

    /// <summary>An address for a host name or a literal.</summary>
    public static EndPoint Create(string host, int port) =>
        IPAddress.TryParse(host, out var address)
            ? new IPEndPoint(address, port)
            : new DnsEndPoint(host, port, AddressFamily.Unspecified);
}
