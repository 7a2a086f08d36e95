using System.Text;

namespace WunderProxy.Deployments.Diagnostics;

/// <summary>
/// Finds secrets in URLs: the password of <c>scheme://user:password@host</c>, which may contain unencoded '/' and '@'
/// and therefore reaches to the last '@', and a long user name alone, which is a token.
/// </summary>
internal static class UrlSecrets
{
    private const string Separator = "://";
    private const int MinTokenLength = 20;
    private const int MaxPortDigits = 5;

    /// <summary>Returns the text with every secret masked.</summary>
    public static string Mask(string text)
    {
        StringBuilder? masked = null;
        var copied = 0;
        foreach (var (start, length) in Find(text))
        {
            masked ??= new StringBuilder(text.Length);
            masked.Append(text, copied, start - copied).Append(SecretMask.Masked);
            copied = start + length;
        }

        return masked is null ? text : masked.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Returns the positions of the secrets, in the order of the text, without overlap.</summary>
    public static IEnumerable<(int Start, int Length)> Find(string text)
    {
        int from = 0, end = 0, lastAt = -1;
        while (text.IndexOf(Separator, from, StringComparison.Ordinal) is >= 0 and var separator)
        {
            var start = separator + Separator.Length;
            from = start;
            if (separator == 0 || !IsOfScheme(text[separator - 1]))
            {
                continue;
            }

            if (start >= end)
            {
                // Found once per word, so that text full of separators stays cheap.
                end = EndOfWord(text, start);
                lastAt = text.LastIndexOf('@', end - 1, end - start);
            }

            if (lastAt > start && FindIn(text, start, end, lastAt) is { Length: > 0 } found)
            {
                yield return found;
                from = found.Start + found.Length;
            }
        }
    }

    private static (int Start, int Length) FindIn(string text, int start, int end, int lastAt)
    {
        var authority = text.AsSpan(start, end - start);
        var path = authority.IndexOfAny("/?#");
        var colon = authority.IndexOf(':');
        var firstAt = authority.IndexOf('@');
        if (authority[0] == '[' || (path >= 0 && path < Math.Min(colon < 0 ? int.MaxValue : colon, firstAt)))
        {
            return default;
        }

        if (colon < 0 || firstAt < colon)
        {
            return firstAt >= MinTokenLength ? (start, firstAt) : default;
        }

        // In host:port/path@more there is no password.
        var isPort = path > colon + 1 && path < firstAt && path - colon - 1 <= MaxPortDigits
            && !authority[(colon + 1)..path].ContainsAnyExceptInRange('0', '9');
        return isPort ? default : (start + colon + 1, lastAt - start - colon - 1);
    }

    private static bool IsOfScheme(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.';

    private static int EndOfWord(string text, int start)
    {
        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('"' or '\'' or '<' or '>' or '`'))
        {
            end++;
        }

        return end;
    }
}
