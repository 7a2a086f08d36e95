using System.Net;
using System.Net.Sockets;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Listeners;

namespace WunderProxy.Fleet;

/// <summary>The address of a manager API: a base URL for HTTP, and the unix socket if there is one.</summary>
/// <param name="Text">The address as given by the user, used as the manager's name in every report.</param>
/// <param name="BaseAddress">Scheme, host and port of requests.</param>
/// <param name="UnixSocket">The socket to connect to in place of TCP; null for TCP.</param>
internal sealed record ManagerAddress(string Text, Uri BaseAddress, UnixDomainSocketEndPoint? UnixSocket)
{
    /// <summary>The expected format, shown in error messages.</summary>
    public const string Expected = "a manager such as http://HOST:8001, https://HOST:8001, HOST:8001 or unix:/run/wunderproxy.sock";

    /// <summary>Parses a URL, <c>HOST:PORT</c> or <c>unix:PATH</c>.</summary>
    public static bool TryParse(string text, out ManagerAddress address)
    {
        address = null!;
        if (text.Contains("://", StringComparison.Ordinal))
        {
            var isUrl = Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
            address = isUrl ? new ManagerAddress(text, new Uri(url!.GetLeftPart(UriPartial.Authority)), null) : null!;
            return isUrl;
        }

        if (!SocketAddressText.TryParse(text, out var endPoint))
        {
            return false;
        }

        address = endPoint is UnixDomainSocketEndPoint unix
            ? new ManagerAddress(text, new Uri("http://localhost"), unix)
            : new ManagerAddress(text, new Uri("http://" + Reachable(endPoint)), null);
        return true;
    }

    /// <summary>Replaces a wildcard address, which is meant for listening, by the loopback address.</summary>
    private static string Reachable(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint { Address: var address } ip when address.Equals(IPAddress.Any) => $"127.0.0.1:{ip.Port}",
        EndPointGroup group => $"localhost:{group.Addresses[0].Port}",
        IPEndPoint { Address: var address } ip when address.Equals(IPAddress.IPv6Any) => $"localhost:{ip.Port}",
        _ => SocketAddressText.Format(endPoint),
    };
}
