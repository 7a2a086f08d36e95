using System.Buffers;
using System.Globalization;
using System.Text;

namespace WunderProxy.Cli;

/// <summary>
/// Makes text that others wrote safe for a terminal. What a terminal would obey instead of show is written as JSON does,
/// <c>\u001b</c>, so that JSON stays JSON: control characters, marks that turn the direction of text or do not show,
/// separators of lines, halves of characters.
/// </summary>
internal static class TerminalText
{
    /// <summary>The text as one line: ends of lines are escaped too.</summary>
    public static string Escape(string text) => Escape(text, keepsLines: false);

    /// <summary>The text with its lines.</summary>
    public static string EscapeLines(string text) => Escape(text, keepsLines: true);

    private static string Escape(string text, bool keepsLines)
    {
        StringBuilder? escaped = null;
        for (var i = 0; i < text.Length;)
        {
            var isWhole = Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length) == OperationStatus.Done;
            var isSafe = isWhole && (IsShown(rune) || (keepsLines && rune.Value == '\n'));
            if (!isSafe)
            {
                escaped ??= new StringBuilder(text, 0, i, text.Length + 16);
                AppendEscaped(escaped, text.AsSpan(i, length));
            }
            else
            {
                escaped?.Append(text, i, length);
            }

            i += length;
        }

        return escaped?.ToString() ?? text;
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static void AppendEscaped(StringBuilder escaped, ReadOnlySpan<char> units)
    {
        foreach (var unit in units)
        {
            _ = unit switch
            {
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
            };
        }
    }
}
