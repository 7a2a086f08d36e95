using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.Diagnostics;

/// <summary>
/// Hides secrets in texts such as log lines and errors: the values of variables, options and labels with secret-looking
/// names, in every usual form, and passwords in URLs.
/// </summary>
public sealed class SecretMask
{
    /// <summary>The text that replaces a secret.</summary>
    public const string Masked = "***";

    // Shorter values ("1", "yes", "dev") would blank out half of every log line and are not secrets.
    private const int MinSecretLength = 4;

    // Names of variables are shorter; tokens of capitals and digits are often longer.
    private const int MaxNameLength = 40;

    /// <summary>All forms of all secrets by their first characters, the longest first.</summary>
    private readonly Dictionary<string, string[]> _forms;

    private readonly SearchValues<string> _search;

    private SecretMask(IEnumerable<string> secrets)
    {
        string[] forms = [.. secrets.Where(secret => secret.Length >= MinSecretLength).SelectMany(SecretForms.Of)
            .Where(form => form.Length >= MinSecretLength).Distinct(StringComparer.Ordinal)];
        _search = SearchValues.Create(forms, StringComparison.Ordinal);
        _forms = forms.GroupBy(form => form[..MinSecretLength], StringComparer.Ordinal).ToDictionary(
            group => group.Key, group => group.OrderByDescending(form => form.Length).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>A mask without known values; it still hides passwords and secret parameters in URLs.</summary>
    public static SecretMask Empty { get; } = new([]);

    /// <summary>Creates a mask of the secrets in an environment.</summary>
    /// <param name="environment">Variables such as <c>KEY=value</c>.</param>
    public static SecretMask Of(IEnumerable<string> environment) => Of(environment, []);

    /// <summary>
    /// Creates a mask of the secrets in an environment, and in commands, labels and options of the engine's documents.
    /// </summary>
    /// <param name="environment">Variables such as <c>KEY=value</c>.</param>
    /// <param name="documents">The documents to search for secrets.</param>
    public static SecretMask Of(IEnumerable<string> environment, params IEnumerable<JsonNode> documents)
    {
        var finder = new SecretFinder();
        foreach (var variable in environment)
        {
            finder.AddVariable(variable);
        }

        foreach (var document in documents)
        {
            finder.AddDocument(document);
        }

        return new SecretMask(finder.Found);
    }

    /// <summary>Whether the name of a variable says that its value is secret.</summary>
    public static bool IsSecretName(string name) => SecretNames.IsSecret(name);

    /// <summary>
    /// Returns the variable without its value: <c>KEY=***</c>. An entry without <c>=</c>, by which the engine removes a
    /// variable of the image, is shown only if it has the form of a variable's name, because a value may have been put
    /// in its place.
    /// </summary>
    public static string MaskVariable(string variable)
    {
        var equals = variable.IndexOf('=');
        return equals >= 0 ? variable[..(equals + 1)] + Masked
            : IsPlainName(variable) ? variable
            : Masked;
    }

    /// <summary>Returns the text without known secrets, and without passwords and secret parameters in URLs.</summary>
    public string Apply(string text) => QuerySecrets.Mask(UrlSecrets.Mask(MaskKnown(text)));

    private static bool IsPlainName(string text) =>
        text.Length is > 0 and <= MaxNameLength
        && text.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary>
    /// Masks known secrets. Where secrets overlap in a text, everything that any of them covers is masked as one.
    /// </summary>
    private string MaskKnown(string text)
    {
        var first = text.AsSpan().IndexOfAny(_search);
        if (first < 0)
        {
            return text;
        }

        var masked = new StringBuilder(text.Length);
        var (copied, covered) = (0, 0);
        for (var at = first; at >= 0; at = Next(text, at + 1))
        {
            if (at >= covered)
            {
                masked.Append(text, copied, at - copied).Append(Masked);
            }

            covered = Math.Max(covered, at + LengthAt(text, at));
            copied = covered;
        }

        return masked.Append(text, copied, text.Length - copied).ToString();
    }

    private int Next(string text, int from)
    {
        var next = text.AsSpan(from).IndexOfAny(_search);
        return next < 0 ? -1 : from + next;
    }

    private int LengthAt(string text, int at) => _forms[text.Substring(at, MinSecretLength)]
        .First(form => text.AsSpan(at).StartsWith(form, StringComparison.Ordinal)).Length;
}
