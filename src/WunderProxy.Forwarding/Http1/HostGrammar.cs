using System.Net;

namespace WunderProxy.Forwarding.Http1;

/// <summary>Validates host[:port] in Host and in the authority of an absolute target (RFC 9110 section 7.2).</summary>
internal static class HostGrammar
{
    private const int MaxPort = 65535;

    /// <summary>
    /// Whether the bytes are uri-host [ ":" port ] with a non-empty host and without user information.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> host)
    {
        if (host.IsEmpty)
        {
            return false;
        }

        var end = host[0] == '[' ? IpLiteralEnd(host) : RegNameEnd(host);
        return end > 0 && IsPort(host[end..]);
    }

    private static int IpLiteralEnd(ReadOnlySpan<byte> host)
    {
        var close = host.IndexOf((byte)']');
        if (close < 0)
        {
            return -1;
        }

        // The runtime's parser also accepts zone names and dotted IPv4; neither may stand in brackets here.
        var address = host[1..close];
        var valid = address.Contains((byte)':') && !address.ContainsAnyExcept(Grammar.Ipv6)
            && IPAddress.IsValidUtf8(address);
        return valid ? close + 1 : -1;
    }

    private static int RegNameEnd(ReadOnlySpan<byte> host)
    {
        var end = host.IndexOfAnyExcept(Grammar.RegName);
        end = end < 0 ? host.Length : end;
        return HasValidEscapes(host[..end]) ? end : -1;
    }

    private static bool HasValidEscapes(ReadOnlySpan<byte> name)
    {
        for (var at = name.IndexOf((byte)'%'); at >= 0; at = name.IndexOf((byte)'%'))
        {
            if (at + 2 >= name.Length || Grammar.HexValue(name[at + 1]) < 0 || Grammar.HexValue(name[at + 2]) < 0)
            {
                return false;
            }

            name = name[(at + 3)..];
        }

        return true;
    }

    // RFC 3986 section 3.2.3 allows an empty port after the colon and any number of digits; the highest port is 65535.
    private static bool IsPort(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            return true;
        }

        var port = rest[1..];
        return rest[0] == ':' && (port.IsEmpty || (Grammar.TryReadDecimal(port, out var value) && value <= MaxPort));
    }
}
