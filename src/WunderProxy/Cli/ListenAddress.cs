using System.Net;
using System.Net.Sockets;
using WunderProxy.Configuration;

namespace WunderProxy.Cli;

/// <summary>Turns host names on the command line into addresses, once, at start.</summary>
internal static class ListenAddress
{
    /// <summary>An address as it is; a name by the system's resolver, IPv4 first.</summary>
    /// <exception cref="UsageException">The name is not known.</exception>
    public static EndPoint Resolve(EndPoint endPoint)
    {
        if (endPoint is not DnsEndPoint name)
        {
            return endPoint;
        }

        try
        {
            var addresses = Dns.GetHostAddresses(name.Host);
            var address = addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
            return new IPEndPoint(address, name.Port);
        }
        catch (SocketException exception)
        {
            throw new UsageException($"{SocketAddressText.Format(name)}: {exception.Message}", exception);
        }
    }
}
