using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Repairs JSON whose strings are not valid text: bytes that are not UTF-8, and escapes of half a surrogate pair. Go's
/// decoder replaces both by U+FFFD; .NET's throws when the string is read. Documents written by other programs must
/// stay readable.
/// </summary>
internal static class LenientJson
{
    private const int EscapeLength = 6;

    /// <summary>
    /// Returns the JSON with U+FFFD in place of invalid text, or the same bytes if all text is valid.
    /// </summary>
    public static ReadOnlyMemory<byte> Repair(ReadOnlyMemory<byte> json)
    {
        var bytes = WithoutByteOrderMark(json);
        if (!Utf8.IsValid(bytes.Span))
        {
            bytes = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes.Span));
        }

        return FindBrokenEscape(bytes.Span, 0) is { } first ? RepairEscapes(bytes.ToArray(), first) : bytes;
    }

    /// <summary>
    /// Returns the text with U+FFFD for each unpaired surrogate, so that it can be written as JSON and read again.
    /// </summary>
    public static string WellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !IsPairAt(text, ref i))
            {
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            }
        }

        return text;
    }

    /// <summary>Returns the JSON without the byte order mark that some editors write.</summary>
    public static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> json) =>
        json.Span.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json;

    private static bool IsPairAt(string text, ref int index)
    {
        var isPair = index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]);
        index += isPair ? 1 : 0;
        return isPair;
    }

    private static byte[] RepairEscapes(byte[] bytes, int first)
    {
        for (int? at = first; at is { } broken; at = FindBrokenEscape(bytes, broken))
        {
            "\\ufffd"u8.CopyTo(bytes.AsSpan(broken));
        }

        return bytes;
    }

    /// <summary>Finds the first escape of an unpaired surrogate; returns its position or null.</summary>
    private static int? FindBrokenEscape(ReadOnlySpan<byte> bytes, int start)
    {
        for (var i = start; i < bytes.Length; i++)
        {
            if (bytes[i] != '\\')
            {
                continue;
            }

            if (!TryReadUnit(bytes, i, out var unit))
            {
                // Skips the escaped character, which does not start an escape itself.
                i++;
            }
            else if (!char.IsSurrogate(unit))
            {
                i += EscapeLength - 1;
            }
            else if (char.IsHighSurrogate(unit) && TryReadUnit(bytes, i + EscapeLength, out var next) && char.IsLowSurrogate(next))
            {
                i += (2 * EscapeLength) - 1;
            }
            else
            {
                return i;
            }
        }

        return null;
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> bytes, int at, out char unit)
    {
        unit = default;
        if (at + EscapeLength > bytes.Length || bytes[at] != '\\' || bytes[at + 1] != 'u')
        {
            return false;
        }

        var digits = bytes.Slice(at + 2, EscapeLength - 2);
        var isUnit = Utf8Parser.TryParse(digits, out ushort value, out var consumed, 'x') && consumed == digits.Length;
        unit = (char)value;
        return isUnit;
    }
}
