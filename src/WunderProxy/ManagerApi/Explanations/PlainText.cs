using System.Globalization;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Numbers and foreign texts as they stand in sentences and columns.</summary>
internal static class PlainText
{
    /// <summary>Returns how long ago something was, such as <c>3 minutes ago</c>.</summary>
    public static string Ago(TimeSpan age) => age.TotalSeconds < 2 ? "just now"
        : age.TotalMinutes < 2 ? Count(age.TotalSeconds, "second")
        : age.TotalHours < 2 ? Count(age.TotalMinutes, "minute")
        : age.TotalDays < 2 ? Count(age.TotalHours, "hour")
        : Count(age.TotalDays, "day");

    /// <summary>Returns a duration in seconds, such as <c>1.5 s</c>.</summary>
    public static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###} s");

    /// <summary>Returns a time of day in UTC.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Returns one minute, or the first and the last, in UTC.</summary>
    public static string Minutes(DateTimeOffset first, DateTimeOffset last) => first == last
        ? first.UtcDateTime.ToString("'at' HH:mm'Z'", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"from {first.UtcDateTime:HH:mm} to {last.UtcDateTime:HH:mm}Z");

    /// <summary>Returns a date with its time in UTC.</summary>
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Returns a number of bytes, such as <c>64 MiB</c>.</summary>
    public static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");

    /// <summary>Returns the text on one line, without characters that a terminal would obey.</summary>
    public static string OneLine(string text) =>
        string.Create(text.Length, text, static (line, source) =>
        {
            for (var i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });

    private static string Count(double number, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(number):0} {unit}s ago");
}
