using System.Globalization;

namespace WunderProxy.Configuration;

/// <summary>
/// Parses durations as people write them: <c>500ms</c>, <c>10s</c>, <c>2m</c>, <c>1h</c>; a bare <c>0</c> is zero.
/// </summary>
internal static class DurationText
{
    /// <summary>The expected format, shown in error messages.</summary>
    public const string Expected = "a duration such as 500ms, 10s or 2m";

    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(int.MaxValue);

    private static readonly (string Suffix, double Milliseconds)[] Units =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>Parses a duration between 0 and 24 days.</summary>
    public static bool TryParse(string text, out TimeSpan value) => TryParse(text, Most, out value);

    /// <summary>Parses a duration between 0 and a bound.</summary>
    public static bool TryParse(string text, TimeSpan most, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        foreach (var (suffix, milliseconds) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(
                    text.AsSpan(0, text.Length - suffix.Length),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number)
                && number * milliseconds <= most.TotalMilliseconds)
            {
                value = TimeSpan.FromMilliseconds(number * milliseconds);
                return true;
            }
        }

        return false;
    }
}
