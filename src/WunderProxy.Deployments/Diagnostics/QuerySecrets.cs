using System.Text;

namespace WunderProxy.Deployments.Diagnostics;

/// <summary>
/// Masks the values of secret-looking parameters in URLs and request targets within a text, such as
/// <c>/callback?code=***</c> or a signed link to a store. The access log has the same rule for whole targets.
/// </summary>
internal static class QuerySecrets
{
    private const int MaxNameLength = 128;

    private static readonly string[] Words =
        ["token", "key", "password", "passwd", "passphrase", "code", "signature", "secret", "credential"];

    private static readonly string[] WholeNames = ["sig", "auth", "pass", "pwd"];

    /// <summary>Returns the text with every value masked, in one pass.</summary>
    public static string Mask(string text)
    {
        StringBuilder? masked = null;
        var copied = 0;
        var isQuery = false;
        var name = -1;
        for (var at = 0; at < text.Length; at++)
        {
            if (EndsTarget(text[at]))
            {
                isQuery = false;
                name = -1;
            }
            else if (text[at] is '?' or '#' || (isQuery && text[at] is '&' or ';'))
            {
                isQuery = true;
                name = at + 1;
            }
            else if (text[at] == '=' && name >= 0)
            {
                if (IsSecret(text.AsSpan(name, at - name)))
                {
                    var end = EndOfValue(text, at + 1);
                    (masked ??= new StringBuilder(text.Length)).Append(text, copied, at + 1 - copied).Append(SecretMask.Masked);
                    copied = end;
                    at = end - 1;
                }

                name = -1;
            }
        }

        return masked is null ? text : masked.Append(text, copied, text.Length - copied).ToString();
    }

    private static bool IsSecret(ReadOnlySpan<char> written)
    {
        if (written.Length is 0 or > MaxNameLength)
        {
            return false;
        }

        var name = new string([.. Uri.UnescapeDataString(written.ToString()).Where(char.IsAsciiLetterOrDigit)]).ToLowerInvariant();
        return Array.Exists(Words, word => name.Contains(word, StringComparison.Ordinal)) || WholeNames.Contains(name);
    }

    private static int EndOfValue(string text, int at)
    {
        while (at < text.Length && text[at] is not ('&' or ';' or '#') && !EndsTarget(text[at]))
        {
            at++;
        }

        return at;
    }

    private static bool EndsTarget(char letter) =>
        char.IsWhiteSpace(letter) || letter is '"' or '\'' or '<' or '>' or '`' or '(' or ')' or '{' or '}';
}
