using System.Buffers;
using System.Buffers.Text;
using System.Net;

namespace WunderProxy.Forwarding.Exchanges.AccessLogs;

/// <summary>
/// Writes the parts of one line into a span of fixed size. What a client sent goes through
/// <see cref="Escaped(ReadOnlySpan{byte}, ReadOnlySpan{byte}, int)"/>, so that it can neither end a line nor look like
/// another key.
/// </summary>
internal ref struct LineBuffer(Span<byte> destination)
{
    private const int MappedAt = 12;

    /// <summary>The bytes that stand for themselves: visible ASCII without the quote and the backslash.</summary>
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x21, 0x7f - 0x21).Select(octet => (byte)octet).Where(octet => octet is not ((byte)'"' or (byte)'\\'))]);

    private readonly Span<byte> _destination = destination;
    private int _used;

    /// <summary>Whether a part had no room; the line is worth nothing then.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Number of bytes written; 0 if the line found no room.</summary>
    public readonly int Length => IsFull ? 0 : _used;

    /// <summary>Writes bytes of this program as they are.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        if (IsFull || !bytes.TryCopyTo(_destination[_used..]))
        {
            IsFull = true;
            return;
        }

        _used += bytes.Length;
    }

    /// <summary>Writes a name of this program, which is ASCII and needs no escapes.</summary>
    public void Name(string name)
    {
        var free = _destination[_used..];
        if (IsFull || name.Length > free.Length)
        {
            IsFull = true;
            return;
        }

        for (var i = 0; i < name.Length; i++)
        {
            free[i] = (byte)name[i];
        }

        _used += name.Length;
    }

    /// <summary>Writes bytes that a client sent; those that are not plain are escaped.</summary>
    /// <param name="value">The bytes.</param>
    /// <param name="escape">What comes before the two hexadecimal digits of an escaped byte.</param>
    /// <param name="mostBytes">Number of bytes after which the value is cut.</param>
    public void Escaped(scoped ReadOnlySpan<byte> value, scoped ReadOnlySpan<byte> escape, int mostBytes)
    {
        value = value[..Math.Min(value.Length, mostBytes)];
        while (!IsFull)
        {
            var plain = value.IndexOfAnyExcept(Plain);
            Raw(plain < 0 ? value : value[..plain]);
            if (plain < 0)
            {
                return;
            }

            var octet = value[plain];
            Raw(escape);
            Raw(["0123456789abcdef"u8[octet >> 4], "0123456789abcdef"u8[octet & 15]]);
            value = value[(plain + 1)..];
        }
    }

    /// <summary>Writes a whole number in decimal digits.</summary>
    public void Number(long value)
    {
        if (IsFull || !Utf8Formatter.TryFormat(value, _destination[_used..], out var written))
        {
            IsFull = true;
            return;
        }

        _used += written;
    }

    /// <summary>Writes a time in seconds, with six decimals.</summary>
    public void Seconds(long microseconds) => Fixed(Math.Max(0, microseconds), 1_000_000);

    /// <summary>Writes a time in milliseconds, with three decimals.</summary>
    public void Milliseconds(long microseconds) => Fixed(Math.Max(0, microseconds), 1_000);

    /// <summary>Writes an IP address; one that is mapped into IPv6 as the IPv4 address it is.</summary>
    public void Address(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            Span<byte> bytes = stackalloc byte[16];
            address.TryWriteBytes(bytes, out _);
            for (var i = MappedAt; i < bytes.Length; i++)
            {
                Raw(i == MappedAt ? default : "."u8);
                Number(bytes[i]);
            }

            return;
        }

        if (IsFull || !address.TryFormat(_destination[_used..], out var written))
        {
            IsFull = true;
            return;
        }

        _used += written;
    }

    private void Fixed(long value, long unit)
    {
        Number(value / unit);
        Raw("."u8);
        var rest = value % unit;
        while (unit > 1)
        {
            unit /= 10;
            Raw([(byte)('0' + (rest / unit))]);
            rest %= unit;
        }
    }
}
