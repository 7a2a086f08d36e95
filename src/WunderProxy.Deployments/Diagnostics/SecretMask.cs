using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace WunderProxy.Deployments.Diagnostics;

/// <summary>
/// Hides secrets: every environment value in answers, and in texts such as log lines and errors the values of
/// variables whose name looks secret, wherever they turn up.
/// </summary>
public sealed partial class SecretMask
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Masked = "***";

    // Shorter values ("1", "yes", "dev") would blank out half of every log line and are no secrets.
    private const int MinSecretLength = 4;

    private static readonly string[] SecretWords = ["KEY", "SECRET", "TOKEN", "PASS", "CREDENTIAL", "DSN"];

    private readonly string[] _secrets;

    private SecretMask(IEnumerable<string> secrets) =>
        _secrets = [.. secrets.Where(secret => secret.Length >= MinSecretLength).Distinct(StringComparer.Ordinal)
            .OrderByDescending(secret => secret.Length)];

    /// <summary>A mask that knows no values; it still hides passwords in URLs.</summary>
    public static SecretMask Empty { get; } = new([]);

    /// <summary>A mask of the secrets in an environment.</summary>
    /// <param name="environment">Variables as <c>KEY=value</c>.</param>
    public static SecretMask Of(IEnumerable<string> environment) => new(environment.SelectMany(SecretsOf));

    /// <summary>Whether the name of a variable says that its value is secret.</summary>
    public static bool IsSecretName(string name) =>
        SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>Hides every value of <c>Env</c> in a launch config or an engine document, in place.</summary>
    public static void MaskEnvironment(JsonNode? document)
    {
        switch (document)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (name.Equals("Env", StringComparison.OrdinalIgnoreCase) && value is JsonArray list)
                    {
                        members[name] = new JsonArray([.. list.Select(MaskVariable)]);
                    }
                    else
                    {
                        MaskEnvironment(value);
                    }
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    MaskEnvironment(item);
                }

                break;
        }
    }

    /// <summary>The variable without its value: <c>KEY=***</c>.</summary>
    public static string MaskVariable(string variable)
    {
        var equals = variable.IndexOf('=');
        return equals < 0 ? variable : variable[..(equals + 1)] + Masked;
    }

    /// <summary>A text without the known secrets and without passwords in URLs.</summary>
    public string Apply(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Masked, StringComparison.Ordinal);
        }

        return UrlPassword().Replace(text, "${start}" + Masked);
    }

    private static JsonNode? MaskVariable(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? MaskVariable(text) : null;

    private static IEnumerable<string> SecretsOf(string variable)
    {
        var equals = variable.IndexOf('=');
        if (equals < 0)
        {
            return [];
        }

        var value = variable[(equals + 1)..];
        var password = UrlPassword().Match(value);
        return (IsSecretName(variable[..equals]), password.Success) switch
        {
            (true, true) => [value, password.Groups["password"].Value],
            (true, false) => [value],
            (false, true) => [password.Groups["password"].Value],
            _ => [],
        };
    }

    /// <summary>User information of a URL (RFC 3986 section 3.2.1).</summary>
    [GeneratedRegex(
        """(?<start>[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/?#:@"']{0,200}:)(?<password>[^\s/?#@"']{1,500})(?=@)""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UrlPassword();
}
