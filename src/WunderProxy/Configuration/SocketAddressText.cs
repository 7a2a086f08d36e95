using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Listeners;

namespace WunderProxy.Configuration;

/// <summary>
/// Addresses as people write them: <c>HOST:PORT</c>, <c>[::]:80</c> (IPv6 only), <c>:80</c> or <c>*:80</c> (every
/// address, IPv4 and IPv6), <c>unix:PATH</c>.
/// </summary>
internal static class SocketAddressText
{
    /// <summary>What a refused text is told.</summary>
    public const string Expected = "an address such as 0.0.0.0:80, :80, [::]:80 or unix:/run/app.sock";

    private const string UnixPrefix = "unix:";

    // sun_path of sockaddr_un holds 108 bytes with the terminating zero (unix(7)).
    private const int MaxUnixPathBytes = 107;

    /// <summary>
    /// Reads an address without asking any resolver; a host name becomes a <see cref="DnsEndPoint"/>.
    /// </summary>
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

    /// <summary>Writes an address as <see cref="TryParse"/> reads it.</summary>
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
            // A bare IPv6 literal could be read as ending in a port: only brackets make it clear.
            var isClear = bracketed == (address.AddressFamily == AddressFamily.InterNetworkV6);
            endPoint = new IPEndPoint(address, port);
            return isClear;
        }

        endPoint = bracketed ? endPoint : new DnsEndPoint(host, port);
        return !bracketed && Uri.CheckHostName(host) == UriHostNameType.Dns;
    }
}
