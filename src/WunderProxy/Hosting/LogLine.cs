using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Hosting;

/// <summary>The form of a log line: <c>2026-11-22T09:40:07.123Z WARN  message</c>.</summary>
internal static class LogLine
{
    /// <summary>Writes an event as one line; control characters, which a peer may have sent, become blanks.</summary>
    public static string Format(DateTimeOffset at, LogLevel level, string message, Exception? exception)
    {
        var line = new StringBuilder()
            .Append(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture))
            .Append(' ').Append(Word(level)).Append(' ').Append(message);
        if (exception is not null)
        {
            line.Append(": ").Append(level >= LogLevel.Error ? exception.ToString() : exception.Message);
        }

        for (var i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(line[i]) ? ' ' : line[i];
        }

        return line.ToString();
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO ",
        LogLevel.Warning => "WARN ",
        _ => "ERROR",
    };
}
