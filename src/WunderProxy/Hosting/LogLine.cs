using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Hosting;

/// <summary>The format of a log line: <c>2026-11-22T09:40:07.123Z WARN  message</c>.</summary>
internal static class LogLine
{
    /// <summary>Largest length of a line in characters; longer lines are cut.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>
    /// Formats an event as one line. Unprintable characters that a caller may have sent (controls, marks that change
    /// the direction of the text, line separators) become blanks.
    /// </summary>
    public static string Format(DateTimeOffset at, LogLevel level, string message, Exception? exception)
    {
        var line = new StringBuilder()
            .Append(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture))
            .Append(' ').Append(Word(level)).Append(' ').Append(message);
        if (exception is not null)
        {
            line.Append(": ").Append(level >= LogLevel.Error ? exception.ToString() : exception.Message);
        }

        if (line.Length > MaxLength)
        {
            line.Length = MaxLength;
            line.Append(" … (cut)");
        }

        var characters = line.ToString().ToCharArray();
        for (var i = 0; i < characters.Length; i++)
        {
            characters[i] = IsPrintable(characters, i) ? characters[i] : ' ';
        }

        return new string(characters);
    }

    private static bool IsPrintable(ReadOnlySpan<char> line, int index) => char.GetUnicodeCategory(line[index]) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format => false,
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.Surrogate when char.IsHighSurrogate(line[index]) =>
            index + 1 < line.Length && char.IsLowSurrogate(line[index + 1]),
        UnicodeCategory.Surrogate => index > 0 && char.IsHighSurrogate(line[index - 1]),
        _ => true,
    };

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO ",
        LogLevel.Warning => "WARN ",
        _ => "ERROR",
    };
}
