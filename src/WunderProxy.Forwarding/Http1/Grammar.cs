using System.Buffers;

namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// Byte classes of RFC 9110 and RFC 3986, as sets that the runtime searches with vector instructions.
/// </summary>
internal static class Grammar
{
    /// <summary>The carriage return byte, 0x0D.</summary>
    public const byte Cr = (byte)'\r';

    /// <summary>The line feed byte, 0x0A.</summary>
    public const byte Lf = (byte)'\n';

    /// <summary>The bytes of a token, tchar (RFC 9110 section 5.6.2).</summary>
    public static readonly SearchValues<byte> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>
    /// Bytes allowed in a request target: visible ASCII without "#". This is wider than RFC 3986, because browsers send
    /// "|", "{" or "^" unencoded and no server splits a line there. Bytes from 0x80 are left out, because some servers
    /// take them for white space.
    /// </summary>
    public static readonly SearchValues<byte> Target = SearchValues.Create(
        [.. Enumerable.Range(0x21, 0x5E).Where(value => value != '#').Select(value => (byte)value)]);

    /// <summary>
    /// The control bytes except HTAB, at which the search for the end of a field value or reason phrase stops (RFC 9110
    /// section 5.5).
    /// </summary>
    public static readonly SearchValues<byte> ValueEnd = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(value => value != '\t').Select(value => (byte)value), 0x7F]);

    /// <summary>The bytes of a registered name: unreserved, sub-delims and "%" (RFC 3986 section 3.2.2).</summary>
    public static readonly SearchValues<byte> RegName = SearchValues.Create(
        "%!$&'()*+,;=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>The bytes of an IPv6 literal without its brackets (RFC 3986 section 3.2.2).</summary>
    public static readonly SearchValues<byte> Ipv6 = SearchValues.Create("0123456789ABCDEFabcdef:."u8);

    /// <summary>Whether the bytes are a token, that is, one or more tchar (RFC 9110 section 5.6.2).</summary>
    public static bool IsToken(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && !bytes.ContainsAnyExcept(Token);

    /// <summary>Whether the byte is a space or a tab (OWS, RFC 9110 section 5.6.3).</summary>
    public static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    /// <summary>Returns the bytes without leading and trailing spaces and tabs.</summary>
    public static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> bytes) => bytes.Trim(" \t"u8);

    /// <summary>Returns the value of a hexadecimal digit, 0 to 15, or -1 for any other byte.</summary>
    public static int HexValue(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        _ => -1,
    };

    /// <summary>
    /// Parses a decimal number below 2^63 that consists of digits only: no sign, blank, comma or hexadecimal.
    /// </summary>
    public static bool TryReadDecimal(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        if (digits.IsEmpty)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            var units = digit - '0';
            if ((uint)units > 9 || value > (long.MaxValue - units) / 10)
            {
                return false;
            }

            value = (value * 10) + units;
        }

        return true;
    }
}
