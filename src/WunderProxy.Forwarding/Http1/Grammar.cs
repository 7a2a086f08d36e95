using System.Buffers;

namespace WunderProxy.Forwarding.Http1;

/// <summary>Byte classes of RFC 9110 and RFC 3986, as sets that the runtime searches with vectors.</summary>
internal static class Grammar
{
    /// <summary>Carriage return.</summary>
    public const byte Cr = (byte)'\r';

    /// <summary>Line feed.</summary>
    public const byte Lf = (byte)'\n';

    /// <summary>tchar (RFC 9110 section 5.6.2).</summary>
    public static readonly SearchValues<byte> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>
    /// Bytes of a request target: visible ASCII without "#". Wider than RFC 3986, because browsers send "|", "{" or
    /// "^" as they are and no server splits a line there; bytes from 0x80 some servers take for white space.
    /// </summary>
    public static readonly SearchValues<byte> Target = SearchValues.Create(
        [.. Enumerable.Range(0x21, 0x5E).Where(value => value != '#').Select(value => (byte)value)]);

    /// <summary>Controls but HTAB: where a field value or reason phrase ends, rightly or not (RFC 9110 section 5.5).</summary>
    public static readonly SearchValues<byte> ValueEnd = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(value => value != '\t').Select(value => (byte)value), 0x7F]);

    /// <summary>unreserved, sub-delims and "%" (RFC 3986 section 3.2.2, reg-name).</summary>
    public static readonly SearchValues<byte> RegName = SearchValues.Create(
        "%!$&'()*+,;=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>What an IPv6 literal is made of (RFC 3986 section 3.2.2).</summary>
    public static readonly SearchValues<byte> Ipv6 = SearchValues.Create("0123456789ABCDEFabcdef:."u8);

    /// <summary>Whether the bytes are a token: one tchar at least (RFC 9110 section 5.6.2).</summary>
    public static bool IsToken(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && !bytes.ContainsAnyExcept(Token);

    /// <summary>Whether the byte is SP or HTAB (OWS, RFC 9110 section 5.6.3).</summary>
    public static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    /// <summary>The bytes without leading and trailing SP and HTAB.</summary>
    public static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> bytes) => bytes.Trim(" \t"u8);

    /// <summary>The value of a hexadecimal digit; -1 for any other byte.</summary>
    public static int HexValue(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        _ => -1,
    };

    /// <summary>Reads 1*DIGIT below 2^63, and nothing else: no sign, blank, comma or hexadecimal.</summary>
    public static bool TryReadDecimal(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        if (digits.IsEmpty)
        {
            return false;
        }

        foreach (byte digit in digits)
        {
            int units = digit - '0';
            if ((uint)units > 9 || value > (long.MaxValue - units) / 10)
            {
                return false;
            }

            value = (value * 10) + units;
        }

        return true;
    }
}
