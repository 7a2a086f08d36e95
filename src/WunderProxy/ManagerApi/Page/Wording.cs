using System.Globalization;

namespace WunderProxy.ManagerApi.Page;

/// <summary>Writes figures, times and durations as the page shows them, in the invariant culture.</summary>
internal static class Wording
{
    /// <summary>What stands where nothing was measured.</summary>
    public const string Nothing = "\u2013";

    /// <summary>Writes a count with separated thousands.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Writes a count with its noun, which takes an s unless the count is 1.</summary>
    public static string Count(long count, string noun) => count == 1 ? $"1 {noun}" : $"{Count(count)} {noun}s";

    /// <summary>Writes a rate, with decimals where they tell something.</summary>
    public static string Rate(double perSecond) => Number(perSecond switch
    {
        >= 100 => Math.Round(perSecond),
        >= 10 => Math.Round(perSecond, 1),
        _ => Math.Round(perSecond, 2),
    });

    /// <summary>Writes a share between 0 and 1 in per cent; a share that is not 0 never looks like 0.</summary>
    public static string Share(double share) => share switch
    {
        <= 0 => "0%",
        < 0.0001 => "<0.01%",
        < 0.1 => $"{Number(Math.Round(share * 100, 2))}%",
        _ => $"{Number(Math.Round(share * 100, 1))}%",
    };

    /// <summary>Writes the duration of a request, given in seconds.</summary>
    public static string Latency(double seconds) => seconds switch
    {
        0 => "0 ms",
        < 0.001 => $"{Number(Math.Round(seconds * 1000, 2))} ms",
        < 0.1 => $"{Number(Math.Round(seconds * 1000, 1))} ms",
        < 1 => $"{Number(Math.Round(seconds * 1000))} ms",
        < 100 => $"{Number(Math.Round(seconds, 2))} s",
        _ => $"{Number(Math.Round(seconds))} s",
    };

    /// <summary>Writes the duration of a request, or a dash if there was no request.</summary>
    public static string Latency(double? seconds) => seconds is { } value ? Latency(value) : Nothing;

    /// <summary>Writes a span of time in its two largest units; negative spans, of a clock set back, are 0 s.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { Ticks: < 0 } => "0 s",
        { TotalDays: >= 1 } => Two(span.Days, "d", span.Hours, "h"),
        { TotalHours: >= 1 } => Two(span.Hours, "h", span.Minutes, "min"),
        { TotalMinutes: >= 1 } => Two(span.Minutes, "min", span.Seconds, "s"),
        _ => $"{span.Seconds} s",
    };

    /// <summary>Returns a number of bytes in the unit that people read most easily.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => $"{Number(Math.Round(bytes / 1e3, 1))} kB",
        < 1_000_000_000 => $"{Number(Math.Round(bytes / 1e6, 1))} MB",
        _ => $"{Number(Math.Round(bytes / 1e9, 2))} GB",
    };

    /// <summary>Writes a point in time with its date, in UTC.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Writes the time of day with seconds, in UTC.</summary>
    public static string Clock(DateTimeOffset time) =>
        time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Writes the time of day without seconds, in UTC.</summary>
    public static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Writes a time for programs, for the attribute of a <c>time</c> element.</summary>
    public static string Machine(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Makes the first letter a capital.</summary>
    public static string Sentence(string text) =>
        text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string Number(double number) => number.ToString("#,0.###", CultureInfo.InvariantCulture);

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {smallUnit}";
}
