using System.Globalization;
using System.Text;

namespace WunderProxy.Configuration;

/// <summary>The name of a deployer in history, events and log lines, from <c>?by=</c> and <c>--by</c>.</summary>
internal static class DeployerName
{
    /// <summary>Largest length of a name in characters (Unicode code points).</summary>
    public const int MaxLength = 128;

    /// <summary>The expected form, shown in error messages.</summary>
    public const string Expected = "1 to 128 printable characters";

    /// <summary>Whether a text is a valid deployer name.</summary>
    public static bool IsValid(string text) =>
        !string.IsNullOrWhiteSpace(text)
        && text.Length <= 2 * MaxLength
        && text.EnumerateRunes().Count() <= MaxLength
        && IsWellFormed(text)
        && text.EnumerateRunes().All(IsPrintable);

    /// <summary>Derives a valid name from what the system says about a user, whatever that contains.</summary>
    public static string From(string text)
    {
        var printable = text.EnumerateRunes().Select(rune => IsPrintable(rune) ? rune : new Rune('?')).Take(MaxLength);
        var name = string.Concat(printable.Select(rune => rune.ToString()));
        return name.Length > 0 ? name : "unknown";
    }

    /// <summary>Whether every surrogate is paired; an unpaired one cannot be written as UTF-8.</summary>
    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            if (char.IsSurrogate(text[i]) && !char.IsSurrogatePair(text, i))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether a character may appear in a name: format characters can change the direction of a line or hide in it,
    /// and separators end it.
    /// </summary>
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.Surrogate);
}
