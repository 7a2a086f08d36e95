using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace WunderProxy.Deployments.Diagnostics;

/// <summary>
/// The forms in which programs write a value into a text: plain, or escaped for JSON, a URL, HTML, a shell, base64,
/// hex.
/// </summary>
internal static class SecretForms
{
    private const int MinEncodedLength = 8;

    // A longer value is a file, whose lines are looked for one by one.
    private const int MaxManyForms = 4096;

    /// <summary>Returns all forms of a value, the plain one first; some may be equal.</summary>
    public static IEnumerable<string> Of(string secret)
    {
        var json = Json(secret, IsNever);
        yield return secret;
        yield return json;
        if (secret.Length > MaxManyForms)
        {
            yield break;
        }

        yield return json.Replace("/", "\\/", StringComparison.Ordinal);
        yield return Json(secret, static c => c is '<' or '>' or '&' or '\u2028' or '\u2029');
        yield return Json(secret, static c => c > '~');
        yield return Json(secret, static c => c > '~').Replace("/", "\\/", StringComparison.Ordinal);
        yield return JavaScriptEncoder.Default.Encode(secret);
        yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret);
        yield return Json(json, IsNever);
        yield return json.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
        yield return json.Replace("\\\"", "\"", StringComparison.Ordinal);
        var url = Uri.EscapeDataString(secret);
        yield return url;
        yield return LowerHex(url);
        yield return url.Replace("%20", "+", StringComparison.Ordinal);
        yield return LowerHex(url).Replace("%20", "+", StringComparison.Ordinal);
        yield return WebUtility.UrlEncode(secret);
        yield return Uri.EscapeDataString(url);
        yield return WebUtility.HtmlEncode(secret);
        yield return WebUtility.HtmlEncode(secret).Replace("&#39;", "&#x27;", StringComparison.Ordinal);
        yield return secret.Replace("'", "'\\''", StringComparison.Ordinal);
        yield return secret.Replace("'", "'\"'\"'", StringComparison.Ordinal);
        yield return Backslashed(secret, static c => c is '"' or '\\' or '$' or '`');
        yield return Backslashed(secret, static c => c is '"' or '\\' or '$' or '`' or '!');
        yield return Backslashed(secret, static c => c < '\u007F' && !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or '/' or ':' or '@' or '%' or '+' or ',' or '='));
        yield return Backslashed(secret, static c => c < '\u007F' && !char.IsAsciiLetterOrDigit(c));
        yield return Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret));
        yield return Convert.ToHexString(Encoding.UTF8.GetBytes(secret));
        foreach (var encoded in Base64(Encoding.UTF8.GetBytes(secret)))
        {
            yield return encoded;
            yield return encoded.Replace('+', '-').Replace('/', '_');
        }
    }

    private static bool IsNever(char c) => false;

    /// <summary>
    /// Returns the text with the escapes of RFC 8259 section 7 and those of characters that only some programs escape.
    /// </summary>
    private static string Json(string text, Func<char, bool> isEscaped)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => escaped.Append("\\\""),
                '\\' => escaped.Append("\\\\"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                '\b' => escaped.Append("\\b"),
                '\f' => escaped.Append("\\f"),
                _ when c < ' ' || isEscaped(c) => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    private static string Backslashed(string text, Func<char, bool> isEscaped)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            escaped.Append(isEscaped(c) ? "\\" : "").Append(c);
        }

        return escaped.ToString();
    }

    private static string LowerHex(string url) => string.Create(url.Length, url, static (lower, source) =>
    {
        for (var i = 0; i < source.Length; i++)
        {
            var isHex = (i >= 1 && source[i - 1] == '%') || (i >= 2 && source[i - 2] == '%');
            lower[i] = isHex ? char.ToLowerInvariant(source[i]) : source[i];
        }
    });

    /// <summary>
    /// Returns the parts of the base64 form that do not depend on the bytes before and after, for each of the three
    /// positions in a group. A password is thereby found in <c>Basic</c> credentials too.
    /// </summary>
    private static IEnumerable<string> Base64(byte[] value)
    {
        for (var before = 0; before < 3; before++)
        {
            var first = (before * 8 + 5) / 6;
            var length = ((before + value.Length) * 8 / 6) - first;
            if (length >= MinEncodedLength)
            {
                yield return Convert.ToBase64String([.. new byte[before], .. value]).Substring(first, length);
            }
        }
    }
}
