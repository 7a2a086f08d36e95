using System.Globalization;
using System.Text;

namespace WunderProxy.Configuration;

/// <summary>The name of who deploys, as history, events and log lines keep it: <c>?by=</c> and <c>--by</c>.</summary>
internal static class DeployerName
{
    /// <summary>Most characters (Unicode code points).</summary>
    public const int MaxLength = 128;

    /// <summary>The expected form, shown in error messages.</summary>
    public const string Expected = "1 to 128 printable characters";

    /// <summary>Whether a text is such a name.</summary>
    public static bool IsValid(string text) =>
        !string.IsNullOrWhiteSpace(text)
        && text.Length <= 2 * MaxLength
        && text.EnumerateRunes().Count() <= MaxLength
        && IsWellFormed(text)
        && text.EnumerateRunes().All(IsPrintable);

    /// <summary>Makes a name out of what the system says of a user, whatever that is.</summary>
    public static string From(string text)
    {
        var printable = text.EnumerateRunes().Select(rune => IsPrintable(rune) ? rune : new Rune('?')).Take(MaxLength);
        var name = string.Concat(printable.Select(rune => rune.ToString()));
        return name.Length > 0 ? name : "unknown";
    }

    /// <summary>Half of a surrogate pair is no character, and cannot be written as UTF-8.</summary>
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

    /// <summary>Format characters turn the direction of a line or hide in it; separators end it.</summary>
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.Surrogate);
}
