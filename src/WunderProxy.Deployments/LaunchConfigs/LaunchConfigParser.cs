using System.Text.Json;
using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Turns bytes into a <see cref="LaunchConfig"/> and names the field that is wrong.</summary>
internal static class LaunchConfigParser
{
    private const int DefaultMaxDepth = 64;
    private const int MaxTagLength = 128;

    public static LaunchConfig Parse(ReadOnlyMemory<byte> bytes)
    {
        var root = ReadRoot(bytes);
        var containerConfig = ReadObject(root, "ContainerConfig");
        return new LaunchConfig(bytes.ToArray(), containerConfig, ReadObject(root, "HostConfig"))
        {
            Revision = ReadRevision(root),
            HealthCheckPath = ReadHealthCheckPath(root),
            ForceReload = ReadBoolean(root, "ForceReload"),
            ContainerPort = ReadContainerPort(root),
            ImageBucket = ReadString(root, "ImageBucket", "ImageBucket"),
            Image = ReadString(containerConfig, "Image", "ContainerConfig.Image"),
            Environment = ReadEnvironment(containerConfig),
        };
    }

    private static JsonObject ReadRoot(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = DefaultMaxDepth, AllowDuplicateProperties = false };
            var node = JsonNode.Parse(bytes.Span, documentOptions: options);
            return node as JsonObject
                ?? throw new InvalidLaunchConfigException("", $"a JSON object is expected, not {NameOf(node)}");
        }
        catch (JsonException e)
        {
            // The reader counts from 0, people and editors from 1.
            var place = $"line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}";
            throw new InvalidLaunchConfigException("", $"bad JSON at {place}: {FirstSentence(e.Message)}");
        }
    }

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }

    private static JsonObject ReadObject(JsonObject root, string name) => Find(root, name) switch
    {
        null => [],
        JsonObject found => found,
        var other => throw new InvalidLaunchConfigException(name, $"must be an object, not {NameOf(other)}"),
    };

    /// <summary>
    /// Go's decoder takes names in any case, so files written by hand for the old tool may have them so.
    /// </summary>
    private static JsonNode? Find(JsonObject parent, string name)
    {
        if (parent.TryGetPropertyValue(name, out var exact))
        {
            return exact;
        }

        return parent.FirstOrDefault(p => p.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
    }

    private static string ReadString(JsonObject parent, string name, string field) => Find(parent, name) switch
    {
        null => "",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => throw new InvalidLaunchConfigException(field, $"must be a string, not {NameOf(other)}"),
    };

    private static bool ReadBoolean(JsonObject root, string name) => Find(root, name) switch
    {
        null => false,
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
        var other => throw new InvalidLaunchConfigException(name, $"must be true or false, not {NameOf(other)}"),
    };

    private static string ReadRevision(JsonObject root)
    {
        var revision = ReadString(root, "Revision", "Revision");
        if (revision.Length == 0)
        {
            throw new InvalidLaunchConfigException("Revision", "is missing");
        }

        return IsImageTag(revision)
            ? revision
            : throw new InvalidLaunchConfigException(
                "Revision",
                "must be a legal image tag: at most 128 letters, digits, '_', '.', '-', and neither '.' nor '-' first");
    }

    private static string ReadHealthCheckPath(JsonObject root)
    {
        var path = ReadString(root, "HealthCheckPath", "HealthCheckPath");
        if (path.Any(c => c is <= ' ' or > '~' or '#'))
        {
            throw new InvalidLaunchConfigException(
                "HealthCheckPath", "must be a path without spaces or control characters");
        }

        return path.StartsWith('/') ? path : "/" + path;
    }

    private static int? ReadContainerPort(JsonObject root)
    {
        var text = ReadString(root, "ContainerPort", "ContainerPort");
        if (text.Length == 0)
        {
            return null;
        }

        return PortName.TryParse(text, out var port) && port.IsTcp
            ? port.Number
            : throw new InvalidLaunchConfigException("ContainerPort", "must be a TCP port such as 9292/tcp");
    }

    private static List<string> ReadEnvironment(JsonObject containerConfig)
    {
        switch (Find(containerConfig, "Env"))
        {
            case null:
                return [];
            case JsonArray array:
                return [.. array.Select(ReadVariable)];
            case var other:
                throw new InvalidLaunchConfigException(
                    "ContainerConfig.Env", $"must be a list of KEY=value strings, not {NameOf(other)}");
        }
    }

    private static string ReadVariable(JsonNode? node, int index) =>
        node is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : throw new InvalidLaunchConfigException(
                $"ContainerConfig.Env[{index}]", $"must be a string, not {NameOf(node)}");

    private static string NameOf(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        _ => "a boolean",
    };

    /// <summary>The grammar of a tag in the distribution reference.</summary>
    private static bool IsImageTag(string text) =>
        text.Length is > 0 and <= MaxTagLength && text[0] is not ('.' or '-')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
}
