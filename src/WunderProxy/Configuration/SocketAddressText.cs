using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Listeners;

namespace WunderProxy.Configuration;

/// <summary>
/// Parses addresses as people write them: <c>HOST:PORT</c>, <c>[::]:80</c> (IPv6 only), <c>:80</c> or <c>*:80</c>
/// (every address, IPv4 and IPv6), <c>unix:PATH</c>.
/// </summary>
internal static class SocketAddressText
{
    /// <summary>The expected format, shown in error messages.</summary>
    public const string Expected = "an address such as 0.0.0.0:80, :80, [::]:80 or unix:/run/app.sock";

    private const string UnixPrefix = "unix:";

    // sun_path of sockaddr_un has 108 bytes with the terminating zero (unix(7)).
    private const int MaxUnixPathBytes = 107;

    /// <summary>Parses an address without a name lookup; a host name becomes a <see cref="DnsEndPoint"/>.</summary>
    public static bool TryParse(string text, out EndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.None, 0);
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            return TryParseUnix(text[UnixPrefix.Length..], ref endPoint);
        }

        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(
            text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        return TryParseHost(text[..colon], port, ref endPoint);
    }

    /// <summary>Formats an address in the form that <see cref="TryParse"/> accepts.</summary>
    public static string Format(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint unix => UnixPrefix + unix,
        DnsEndPoint name => $"{name.Host}:{name.Port}",
        _ => endPoint.ToString() ?? string.Empty,
    };

    private static bool TryParseUnix(string path, ref EndPoint endPoint)
    {
        if (path.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(path) > MaxUnixPathBytes)
        {
            return false;
        }

        endPoint = new UnixDomainSocketEndPoint(path);
        return true;
    }

    private static bool TryParseHost(string host, int port, ref EndPoint endPoint)
    {
        if (host is "" or "*")
        {
            endPoint = EndPointGroup.AnyAddress(port);
            return true;
        }

        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (IPAddress.TryParse(bracketed ? host[1..^1] : host, out var address))
        {
            // The end of a bare IPv6 literal could be taken for a port; only brackets make the address unambiguous.
            var isClear = bracketed == (address.AddressFamily == AddressFamily.InterNetworkV6);
            endPoint = new IPEndPoint(address, port);
            return isClear;
        }

        endPoint = bracketed ? endPoint : new DnsEndPoint(host, port);
        return !bracketed && Uri.CheckHostName(host) == UriHostNameType.Dns;
    }
}
