using System.Globalization;

namespace WunderProxy.Configuration;

/// <summary>
/// Parses sizes as people write them: <c>512B</c>, <c>8KiB</c>, <c>1MiB</c>, <c>1GiB</c>; a bare number is bytes.
/// </summary>
internal static class SizeText
{
    /// <summary>The expected format, shown in error messages.</summary>
    public const string Expected = "a size such as 8KiB or 1MiB";

    private static readonly (string Suffix, long Bytes)[] Units =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("B", 1), ("", 1)];

    /// <summary>Parses a size from 0 to 2 GiB less one byte.</summary>
    public static bool TryParse(string text, out int bytes)
    {
        var isSize = TryParseLarge(text, out var size);
        bytes = (int)Math.Min(size, int.MaxValue);
        return isSize && size <= int.MaxValue;
    }

    /// <summary>Parses a size from 0 to 2 EiB.</summary>
    public static bool TryParseLarge(string text, out long bytes)
    {
        bytes = 0;
        foreach (var (suffix, unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && int.TryParse(
                    text.AsSpan(0, text.Length - suffix.Length),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var number))
            {
                bytes = number * unit;
                return true;
            }
        }

        return false;
    }
}
