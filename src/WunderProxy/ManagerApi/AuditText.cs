using System.Buffers;
using System.Globalization;
using System.Text;

namespace WunderProxy.ManagerApi;

/// <summary>Values of the audit's keys: bare where they are plain words, else quoted, and never long.</summary>
internal static class AuditText
{
    /// <summary>Most characters of a text that a caller chooses.</summary>
    public const int MaxLength = 128;

    /// <summary>Most characters of an outcome: an error may quote a launch config or the engine at any length.</summary>
    public const int MaxOutcomeLength = 1_000;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/._:+@*-");

    /// <summary>Shortens a text of the caller, which may be as long as a request line.</summary>
    public static string Bounded(string text) => Cut(text, MaxLength);

    /// <summary>Shortens the words of an outcome.</summary>
    public static string BoundedOutcome(string text) => Cut(text, MaxOutcomeLength);

    /// <summary>
    /// Returns a value as it stands behind <c>key=</c>: in quotes if it is empty or more than a word, with quotes,
    /// backslashes and unprintable characters escaped as in JSON, so that no caller can write keys of its own.
    /// </summary>
    public static string Value(string text)
    {
        if (text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var character in text)
        {
            if (character is '"' or '\\')
            {
                quoted.Append('\\').Append(character);
            }
            else if (char.IsControl(character))
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                quoted.Append(character);
            }
        }

        return quoted.Append('"').ToString();
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length] + "…";
}
