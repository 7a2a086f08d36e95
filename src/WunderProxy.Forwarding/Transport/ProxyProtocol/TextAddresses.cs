using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Transport.ProxyProtocol;

/// <summary>Reads what stands behind "PROXY " in a header of version 1.</summary>
internal static class TextAddresses
{
    private static readonly SearchValues<byte> Ipv6 = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    /// <summary>
    /// Parses protocol, two addresses and two ports, separated by one space each; after UNKNOWN anything may follow.
    /// </summary>
    /// <param name="line">The line behind "PROXY ", without its CRLF.</param>
    /// <param name="source">The client's address and port; null after UNKNOWN.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, out IPEndPoint? source)
    {
        source = null;
        var protocol = Next(ref line);
        if (protocol.SequenceEqual("UNKNOWN"u8))
        {
            return true;
        }

        var isV4 = protocol.SequenceEqual("TCP4"u8);
        if (!isV4 && !protocol.SequenceEqual("TCP6"u8))
        {
            return false;
        }

        if (!TryParseAddress(Next(ref line), isV4, out var address)
            || !TryParseAddress(Next(ref line), isV4, out _)
            || !TryParseNumber(Next(ref line), ushort.MaxValue, out var port)
            || !TryParseNumber(line, ushort.MaxValue, out _))
        {
            return false;
        }

        source = new IPEndPoint(address!, port);
        return true;
    }

    /// <summary>Takes the part before the next space; without a space the rest is empty afterwards.</summary>
    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        var part = space < 0 ? line : line[..space];
        line = space < 0 ? default : line[(space + 1)..];
        return part;
    }

    private static bool TryParseAddress(ReadOnlySpan<byte> text, bool isV4, out IPAddress? address)
    {
        address = null;
        if (!isV4)
        {
            // No brackets, no scope.
            return !text.ContainsAnyExcept(Ipv6)
                && IPAddress.TryParse(text, out address)
                && address.AddressFamily == AddressFamily.InterNetworkV6;
        }

        // The framework's parser would also take "1.2" and "0x7f.1".
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < bytes.Length; i++)
        {
            var dot = i == bytes.Length - 1 ? text.Length : text.IndexOf((byte)'.');
            if (dot < 0 || !TryParseNumber(text[..dot], byte.MaxValue, out var number))
            {
                return false;
            }

            bytes[i] = (byte)number;
            text = dot == text.Length ? default : text[(dot + 1)..];
        }

        address = new IPAddress(bytes);
        return true;
    }

    /// <summary>Parses a decimal number without a sign or leading zeros.</summary>
    private static bool TryParseNumber(ReadOnlySpan<byte> digits, int max, out int value)
    {
        value = 0;
        if (digits.Length is 0 or > 5 || (digits.Length > 1 && digits[0] == '0'))
        {
            return false;
        }

        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        return value <= max;
    }
}
