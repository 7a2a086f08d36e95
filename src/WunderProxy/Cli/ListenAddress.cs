using System.Net;
using System.Net.Sockets;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Listeners;

namespace WunderProxy.Cli;

/// <summary>Resolves the addresses of listening options once, at start.</summary>
internal static class ListenAddress
{
    /// <summary>Resolves all addresses that were given with an option.</summary>
    /// <exception cref="UsageException">A name cannot be resolved, or an address is given twice.</exception>
    public static IReadOnlyList<EndPoint> ResolveAll(string option, IEnumerable<EndPoint> given)
    {
        EndPoint[] resolved = [.. given.Select(Resolve)];
        var seen = new HashSet<EndPoint>();
        foreach (var endPoint in resolved)
        {
            foreach (var address in AddressesOf(endPoint))
            {
                // Port 0 stands for another port each time.
                if (address is not IPEndPoint { Port: 0 } && !seen.Add(address))
                {
                    throw new UsageException($"{option}: {SocketAddressText.Format(address)} is given twice");
                }
            }
        }

        return resolved;
    }

    /// <summary>
    /// Resolves a name to all its addresses, IPv4 first, so that <c>localhost</c> is 127.0.0.1 and ::1; any other
    /// address is returned unchanged.
    /// </summary>
    /// <exception cref="UsageException">The name cannot be resolved.</exception>
    public static EndPoint Resolve(EndPoint endPoint)
    {
        if (endPoint is not DnsEndPoint name)
        {
            return endPoint;
        }

        try
        {
            IPEndPoint[] addresses =
            [
                .. Dns.GetHostAddresses(name.Host)
                    .Distinct()
                    .OrderBy(address => address.AddressFamily != AddressFamily.InterNetwork)
                    .Select(address => new IPEndPoint(address, name.Port)),
            ];
            return addresses.Length switch
            {
                0 => throw new UsageException($"{SocketAddressText.Format(name)}: the name has no address"),
                1 => addresses[0],
                _ => new EndPointGroup(SocketAddressText.Format(name), addresses),
            };
        }
        catch (SocketException exception)
        {
            throw new UsageException($"{SocketAddressText.Format(name)}: {exception.Message}", exception);
        }
    }

    private static IEnumerable<EndPoint> AddressesOf(EndPoint endPoint) =>
        endPoint is EndPointGroup group ? group.Addresses : [endPoint];
}
