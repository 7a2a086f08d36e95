using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Deployments.Machines;

/// <summary>The address by which the proxy reaches a container.</summary>
/// <param name="EndPoint">Address and port to which the proxy connects.</param>
/// <param name="Port">The published port, else the container port; scripts see this number.</param>
internal sealed record ContainerAddress(EndPoint EndPoint, int Port)
{
    /// <summary>Returns <c>host:port</c>, with IPv6 addresses in brackets.</summary>
    public override string ToString() => Format(EndPoint);

    public static string Format(EndPoint endPoint) => endPoint.ToString()!;

    public static int PortOf(EndPoint endPoint) => (endPoint as IPEndPoint)?.Port ?? 80;

    /// <summary>Resolves a host name or address, because the data plane takes addresses only.</summary>
    /// <returns>The address, or null if the name has none.</returns>
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
