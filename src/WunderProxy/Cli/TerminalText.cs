using System.Buffers;
using System.Globalization;
using System.Text;

namespace WunderProxy.Cli;

/// <summary>
/// Makes foreign text safe for a terminal. Characters that a terminal would obey instead of show (controls, marks that
/// change the direction of text or are invisible, line separators, unpaired surrogates) are written as in JSON,
/// <c>\u001b</c>, so that JSON stays JSON.
/// </summary>
internal static class TerminalText
{
    /// <summary>Returns the text as one line; line ends are escaped too.</summary>
    public static string Escape(string text) => Escape(text, keepsLines: false);

    /// <summary>Returns the text with its line ends kept and everything else escaped.</summary>
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
