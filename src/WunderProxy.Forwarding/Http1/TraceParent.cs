using System.Diagnostics;

namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// A trace, and the span in it that sent a request, as the field <c>traceparent</c> names them (W3C Trace Context section
/// 3.2). The default value names no trace.
/// </summary>
/// <param name="TraceHigh">The first 8 bytes of the trace id, as a big-endian number.</param>
/// <param name="TraceLow">The last 8 bytes of the trace id.</param>
/// <param name="SpanId">The id of the span that sent the request.</param>
/// <param name="IsSampled">Whether the sender records the trace.</param>
internal readonly record struct TraceParent(ulong TraceHigh, ulong TraceLow, ulong SpanId, bool IsSampled)
{
    /// <summary>Length of a field of version 00, in bytes.</summary>
    public const int Length = 55;

    /// <summary>Length of a trace id in hexadecimal digits.</summary>
    public const int TraceIdLength = 32;

    /// <summary>Length of a span id in hexadecimal digits.</summary>
    public const int SpanIdLength = 16;

    private const int SampledFlag = 1;
    private const int TraceIdStart = 3;
    private const int SpanIdStart = 36;
    private const int FlagsStart = 53;

    /// <summary>Whether the field is missing or malformed, so that no trace is named.</summary>
    public bool IsNone => (TraceHigh | TraceLow) == 0;

    /// <summary>
    /// Returns what the head names; none if it has no <c>traceparent</c>, a malformed one or several, for which a new
    /// trace has to be started (section 3.2.2.5 and 4.3 of the standard).
    /// </summary>
    public static TraceParent Of(MessageHead head)
    {
        var index = head.IndexOf(HeaderName.Traceparent);
        if (index < 0 || head.IndexOf(HeaderName.Traceparent, index + 1) >= 0)
        {
            return default;
        }

        return TryParse(head.ValueOf(in head.Fields[index]), out var parent) ? parent : default;
    }

    /// <summary>
    /// Parses a field: <c>00-TRACE-SPAN-FLAGS</c>, all in lower-case hexadecimal digits, with ids that are not zero. A
    /// later version may have more after a hyphen; <c>ff</c> is no version.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> field, out TraceParent parent)
    {
        parent = default;
        if (field.Length < Length
            || field[TraceIdStart - 1] != '-' || field[SpanIdStart - 1] != '-' || field[FlagsStart - 1] != '-'
            || !TryReadHex(field[..2], out var version) || !IsLengthOf(version, field)
            || !TryReadHex(field[TraceIdStart..(TraceIdStart + 16)], out var high)
            || !TryReadHex(field[(TraceIdStart + 16)..(SpanIdStart - 1)], out var low)
            || !TryReadHex(field[SpanIdStart..(FlagsStart - 1)], out var span)
            || !TryReadHex(field[FlagsStart..Length], out var flags)
            || (high | low) == 0 || span == 0)
        {
            return false;
        }

        parent = new TraceParent(high, low, span, (flags & SampledFlag) != 0);
        return true;
    }

    /// <summary>Writes the field in version 00; the destination is <see cref="Length"/> bytes long.</summary>
    public void Write(Span<byte> field)
    {
        "00-"u8.CopyTo(field);
        WriteTraceId(field[TraceIdStart..(SpanIdStart - 1)]);
        field[SpanIdStart - 1] = (byte)'-';
        WriteSpanId(field[SpanIdStart..(FlagsStart - 1)]);
        (IsSampled ? "-01"u8 : "-00"u8).CopyTo(field[(FlagsStart - 1)..]);
    }

    /// <summary>Writes the trace id; the destination is <see cref="TraceIdLength"/> bytes long.</summary>
    public void WriteTraceId(Span<byte> hex)
    {
        WriteHex(TraceHigh, hex[..16]);
        WriteHex(TraceLow, hex[16..]);
    }

    /// <summary>Writes the id of the span; the destination is <see cref="SpanIdLength"/> bytes long.</summary>
    public void WriteSpanId(Span<byte> hex) => WriteHex(SpanId, hex);

    private static bool IsLengthOf(ulong version, ReadOnlySpan<byte> field) => version switch
    {
        0 => field.Length == Length,
        0xff => false,
        _ => field.Length == Length || field[Length] == '-',
    };

    private static bool TryReadHex(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (digit is >= (byte)'0' and <= (byte)'9')
            {
                value = (value << 4) | (uint)(digit - '0');
            }
            else if (digit is >= (byte)'a' and <= (byte)'f')
            {
                value = (value << 4) | (uint)(digit - 'a' + 10);
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteHex(ulong value, Span<byte> hex)
    {
        Debug.Assert(hex.Length == 16, "An id of 8 bytes has 16 digits.");
        for (var i = hex.Length - 1; i >= 0; i--)
        {
            hex[i] = "0123456789abcdef"u8[(int)(value & 15)];
            value >>= 4;
        }
    }
}
