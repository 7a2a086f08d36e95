using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WunderProxy.ManagerApi;

/// <summary>Host and port, from a <c>Host</c> header field (RFC 9110 section 7.2) or an origin.</summary>
/// <param name="Name">The name or address as written, without the brackets of an IPv6 address.</param>
/// <param name="Port">The port; null if none is written.</param>
/// <param name="IsBracketed">Whether the name is an IPv6 address in brackets.</param>
internal readonly record struct HostText(string Name, int? Port, bool IsBracketed)
{
    private const string LocalName = "localhost";
    private static readonly SearchValues<char> NeverInNames = SearchValues.Create("@/?#\\ ,");

    /// <summary>
    /// Whether the host is <c>localhost</c> or a loopback address in its usual form. Forms that only some resolvers
    /// take for loopback (127.1, 0x7f000001, percent-encoding) are names like any other.
    /// </summary>
    public bool IsLoopback
    {
        get
        {
            if (Name.Equals(LocalName, StringComparison.OrdinalIgnoreCase) && !IsBracketed)
            {
                return true;
            }

            return IPAddress.TryParse(Name, out var address)
                && IPAddress.IsLoopback(address)
                && (IsBracketed
                    ? address.AddressFamily == AddressFamily.InterNetworkV6
                    : address.ToString() == Name && address.AddressFamily == AddressFamily.InterNetwork);
        }
    }

    /// <summary>Parses <c>NAME</c>, <c>NAME:PORT</c>, <c>[ADDRESS]</c> or <c>[ADDRESS]:PORT</c>.</summary>
    public static bool TryParse(string text, out HostText host)
    {
        host = default;
        var isBracketed = text.StartsWith('[');
        var end = isBracketed ? text.IndexOf(']', StringComparison.Ordinal) : text.IndexOf(':', StringComparison.Ordinal);
        end = end < 0 ? text.Length : end;
        if (isBracketed && end == text.Length)
        {
            return false;
        }

        var name = isBracketed ? text[1..end] : text[..end];
        var rest = isBracketed ? text[(end + 1)..] : text[end..];
        int? port = null;
        if (rest.Length > 0)
        {
            if (rest[0] != ':' || !TryParsePort(rest[1..], out port))
            {
                return false;
            }
        }

        host = new HostText(name, port, isBracketed);
        return name.Length > 0 && !name.AsSpan().ContainsAny(NeverInNames);
    }

    /// <summary>Parses a port; an empty one counts as none (RFC 3986 section 3.2.3).</summary>
    private static bool TryParsePort(string text, out int? port)
    {
        port = null;
        if (text.Length == 0)
        {
            return true;
        }

        var isPort = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        port = number;
        return isPort;
    }
}
