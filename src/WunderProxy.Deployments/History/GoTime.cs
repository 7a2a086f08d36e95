using System.Globalization;

namespace WunderProxy.Deployments.History;

/// <summary>
/// Reads and writes RFC 3339 times as Go's encoder does: UTC, up to 9 digits of fraction, no trailing zeros.
/// </summary>
internal static class GoTime
{
    private const int TickDigits = 7;

    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Parses a time; digits finer than 100 ns are cut off.</summary>
    public static bool TryParse(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(
            CutFraction(text), "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out time);

    private static string CutFraction(string text)
    {
        var dot = text.IndexOf('.');
        if (dot < 0)
        {
            return text;
        }

        var end = dot + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return text[..Math.Min(end, dot + 1 + TickDigits)] + text[end..];
    }
}
