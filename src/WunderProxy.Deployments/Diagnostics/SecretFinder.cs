using System.Text.Json;
using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.Diagnostics;

/// <summary>Collects the secret values in an environment and in the documents of a launch config.</summary>
internal sealed class SecretFinder
{
    // Shorter words after a scheme are prose, as in "basic plan".
    private const int MinCredentialLength = 8;

    // A shorter part of a value is an ordinary word.
    private const int MinPartLength = 6;
    private const int MaxFound = 10_000;

    private static readonly string[] LineEnds = ["\r\n", "\n", "\r"];

    // A program may treat these as line ends, or print them literally.
    private static readonly string[] WrittenLineEnds = [.. LineEnds, "\\r\\n", "\\n", "\\r"];
    private static readonly string[] Schemes = ["Bearer", "Basic", "Token", "Digest", "ApiKey"];

    private static readonly string[] Words = ["true", "false", "null", "none", "enabled", "disabled"];

    private static readonly string[] Measures =
    [
        "PORT", "TIMEOUT", "TTL", "SECONDS", "MINUTES", "HOURS", "DAYS", "MAX", "MIN", "SIZE", "COUNT", "LIMIT", "INTERVAL",
        "LENGTH", "ROUNDS", "AGE", "EXPIRY", "LIFETIME",
    ];

    private readonly HashSet<string> _found = new(StringComparer.Ordinal);

    /// <summary>The secret values found in the variables and documents added so far.</summary>
    public IReadOnlyCollection<string> Found => _found;

    /// <summary>Adds an environment variable, <c>KEY=value</c>.</summary>
    public void AddVariable(string variable)
    {
        var equals = variable.IndexOf('=');
        if (equals >= 0)
        {
            AddNamed(variable[..equals], variable[(equals + 1)..]);
        }
    }

    /// <summary>Adds a document with everything in it.</summary>
    public void AddDocument(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    AddMember(name, value);
                }

                break;
            case JsonArray list:
                AddArguments([.. list.Select(TextOf)]);
                foreach (var item in list)
                {
                    AddDocument(item);
                }

                break;
            default:
                AddText(TextOf(node));
                break;
        }
    }

    private void AddMember(string name, JsonNode? value)
    {
        if (value is JsonValue && TextOf(value) is { Length: > 0 } text)
        {
            AddNamed(name, text);
        }
        else
        {
            AddDocument(value);
        }
    }

    private void AddNamed(string name, string value)
    {
        if (SecretNames.IsSecret(name) && !IsSetting(name, value))
        {
            Add(value);
        }

        AddText(value);
    }

    /// <summary>
    /// Whether a variable with a secret-looking name is only a setting: <c>AUTH_ENABLED=true</c>,
    /// <c>SESSION_TIMEOUT=3600</c>.
    /// </summary>
    private static bool IsSetting(string name, string value)
    {
        var isNumber = value.Length < 6 && !value.AsSpan().ContainsAnyExceptInRange('0', '9');
        return Words.Contains(value, StringComparer.OrdinalIgnoreCase)
            || (isNumber && Measures.Any(measure => name.EndsWith(measure, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>
    /// Adds a command given as a list, in which the value of an option may be the next item and may contain blanks.
    /// </summary>
    private void AddArguments(string[] items)
    {
        for (var i = 0; i < items.Length; i++)
        {
            if (!items[i].StartsWith('-'))
            {
                continue;
            }

            var equals = items[i].IndexOf('=');
            if (equals > 0 && SecretNames.IsSecret(items[i].AsSpan(0, equals)))
            {
                Add(items[i][(equals + 1)..]);
            }
            else if (equals < 0 && i + 1 < items.Length)
            {
                AddOption(items[i], items[i + 1]);
            }
        }
    }

    private void AddText(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        AddUrls(text);
        AddJson(text);
        foreach (var part in text.Split(';', '&'))
        {
            AddAssignment(part.Trim());
        }

        var words = text.Split([' ', '\t', '\r', '\n', '"', '\'', ';', '&', '?', ','], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < words.Length; i++)
        {
            AddAssignment(words[i]);
            AddField(words[i]);
            if (i + 1 < words.Length)
            {
                AddOption(words[i], words[i + 1]);
            }
        }
    }

    /// <summary>Adds the value of <c>password=x</c>, as in connection strings, queries and options.</summary>
    private void AddAssignment(string word)
    {
        var equals = word.IndexOf('=');
        if (equals > 0 && SecretNames.IsSecret(word.AsSpan(0, equals)) && !IsSetting(word[..equals], word[(equals + 1)..]))
        {
            Add(word[(equals + 1)..]);
        }
    }

    /// <summary>
    /// Adds the value of a header field without a blank, as in <c>X-Api-Key:x</c>. Other names before a colon may be
    /// images or modules.
    /// </summary>
    private void AddField(string word)
    {
        var colon = word.IndexOf(':');
        var isField = word.StartsWith("X-", StringComparison.OrdinalIgnoreCase)
            || word.StartsWith("Authorization:", StringComparison.OrdinalIgnoreCase)
            || word.StartsWith("Cookie:", StringComparison.OrdinalIgnoreCase);
        if (isField && colon > 0 && SecretNames.IsSecret(word.AsSpan(0, colon)))
        {
            Add(word[(colon + 1)..]);
        }
    }

    /// <summary>Adds the value that follows <c>--password</c>, <c>X-Api-Key:</c>, <c>Bearer</c> or <c>-u</c>.</summary>
    private void AddOption(string option, string value)
    {
        if (option is "-u" or "--user" or "--proxy-user")
        {
            var colon = value.IndexOf(':');
            if (colon >= 0 && value[(colon + 1)..] != value[..colon])
            {
                Add(value[(colon + 1)..]);
            }
        }
        else if (Schemes.Contains(option, StringComparer.OrdinalIgnoreCase))
        {
            Add(value.Length < MinCredentialLength ? "" : value);
        }
        else if (option is ['-', ..] or [.., ':'] && SecretNames.IsSecret(option) && !Schemes.Contains(value))
        {
            Add(value);
        }
    }

    private void AddUrls(string text)
    {
        foreach (var (start, length) in UrlSecrets.Find(text))
        {
            AddPassword(text.Substring(start, length));
        }

        // A value that is a single URL may contain blanks and quotes too, and digits that look like a port.
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var at = text.LastIndexOf('@');
        var colon = scheme < 0 ? -1 : text.IndexOf(':', scheme + 3);
        if (colon >= 0 && at > colon + 1)
        {
            AddPassword(text[(colon + 1)..at]);
        }
    }

    /// <summary>
    /// Adds a password as written, decoded as a client sends it, and the parts that a strict parser takes for host and
    /// path.
    /// </summary>
    private void AddPassword(string password)
    {
        Add(password);
        Add(Uri.UnescapeDataString(password));
        foreach (var part in password.Split('/', '?', '#'))
        {
            _found.Add(part);
        }
    }

    private void AddJson(string text)
    {
        if (text.AsSpan().TrimStart() is not ['{' or '[', ..])
        {
            return;
        }

        try
        {
            AddDocument(JsonNode.Parse(text));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // The text only looks like JSON.
        }
    }

    /// <summary>Adds a value and each of its lines, since a log shows lines one by one.</summary>
    private void Add(string secret)
    {
        if (_found.Count > MaxFound || !_found.Add(secret))
        {
            return;
        }

        AddLines(secret, LineEnds);
        AddLines(secret, WrittenLineEnds);
    }

    private void AddLines(string secret, string[] ends)
    {
        var lines = secret.Split(ends, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length > 1 || lines is [var only] && only != secret)
        {
            _found.UnionWith(lines.Where(line => line.Length >= MinPartLength));
        }
    }

    private static string TextOf(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
