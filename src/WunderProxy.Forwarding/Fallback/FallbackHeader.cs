using System.Buffers.Binary;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Fallback;

/// <summary>
/// The value of <c>Wunderproxy-Fallback</c>: <c>v1;t=&lt;unix s&gt;;id=&lt;16 hex&gt;;mac=&lt;64 hex&gt;</c>, without
/// blanks and in this order.
/// </summary>
internal readonly ref struct FallbackHeader
{
    /// <summary>The version of the header's format.</summary>
    public const string Version = "v1";

    /// <summary>Number of hexadecimal digits of an id.</summary>
    public const int IdDigits = 16;

    private const int MaxTimeDigits = 18;

    private FallbackHeader(long seconds, ReadOnlySpan<byte> time, ulong id, ReadOnlySpan<byte> idText, ReadOnlySpan<byte> mac)
    {
        Seconds = seconds;
        Time = time;
        Id = id;
        IdText = idText;
        Mac = mac;
    }

    /// <summary>When the header was created, in seconds since 1970.</summary>
    public long Seconds { get; }

    /// <summary>The time as sent, which is what was signed.</summary>
    public ReadOnlySpan<byte> Time { get; }

    /// <summary>The number that distinguishes this fallback from all others.</summary>
    public ulong Id { get; }

    /// <summary>The id in hexadecimal digits, as sent.</summary>
    public ReadOnlySpan<byte> IdText { get; }

    /// <summary>The signature as sent, 64 hexadecimal digits in any case.</summary>
    public ReadOnlySpan<byte> Mac { get; }

    /// <summary>Parses the value of a fallback header.</summary>
    /// <returns>False if the value does not match the grammar above.</returns>
    public static bool TryParse(ReadOnlySpan<byte> value, out FallbackHeader header)
    {
        header = default;
        if (!TryTake(ref value, "v1;t="u8))
        {
            return false;
        }

        var time = value[..Math.Max(0, value.IndexOf((byte)';'))];
        value = value[time.Length..];
        if (time.Length is 0 or > MaxTimeDigits || !Grammar.TryReadDecimal(time, out var seconds)
            || !TryTake(ref value, ";id="u8) || value.Length < IdDigits)
        {
            return false;
        }

        var idText = value[..IdDigits];
        value = value[IdDigits..];
        Span<byte> idBytes = stackalloc byte[IdDigits / 2];
        if (!TryReadHex(idText, idBytes) || !TryTake(ref value, ";mac="u8) || value.Length != FallbackSignature.HexDigits)
        {
            return false;
        }

        header = new FallbackHeader(seconds, time, BinaryPrimitives.ReadUInt64BigEndian(idBytes), idText, value);
        return true;
    }

    /// <summary>Writes the value into an open header line.</summary>
    public static void Write(
        ref HeadWriter writer, long seconds, scoped ReadOnlySpan<byte> id, scoped ReadOnlySpan<byte> mac)
    {
        writer.Write("v1;t="u8);
        writer.Number(seconds);
        writer.Write(";id="u8);
        writer.Write(id);
        writer.Write(";mac="u8);
        writer.Write(mac);
    }

    private static bool TryTake(ref ReadOnlySpan<byte> value, ReadOnlySpan<byte> text)
    {
        if (!value.StartsWith(text))
        {
            return false;
        }

        value = value[text.Length..];
        return true;
    }

    private static bool TryReadHex(ReadOnlySpan<byte> text, Span<byte> bytes) =>
        Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
        && written == bytes.Length;
}
