using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Deployments.Machines;

/// <summary>Where a container is reached.</summary>
/// <param name="EndPoint">What the proxy connects to.</param>
/// <param name="Port">Published port, else the container port: the number that scripts see.</param>
internal sealed record ContainerAddress(EndPoint EndPoint, int Port)
{
    /// <summary><c>host:port</c>, IPv6 in brackets.</summary>
    public override string ToString() => Format(EndPoint);

    public static string Format(EndPoint endPoint) => endPoint.ToString()!;

    public static int PortOf(EndPoint endPoint) => (endPoint as IPEndPoint)?.Port ?? 80;

    /// <summary>An address for a host name or a literal; names are resolved, as the data plane takes addresses only.</summary>
    /// <returns>Null when the name has no address.</returns>
    public static async Task<EndPoint?> ResolveAsync(string host, int port, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return new IPEndPoint(address, port);
        }

        try
        {
            var found = await Dns.GetHostAddressesAsync(host, cancellationToken);
            return found.Length == 0 ? null : new IPEndPoint(found[0], port);
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
