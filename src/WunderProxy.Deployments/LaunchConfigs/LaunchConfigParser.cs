using System.Text.Json;
using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Parses bytes into a <see cref="LaunchConfig"/>; errors name the field that is wrong.</summary>
internal static class LaunchConfigParser
{
    // JsonText has refused deeper texts before, with a better message.
    private const int MaxDepth = 100;
    private const int MaxTagLength = 128;

    public static LaunchConfig Parse(ReadOnlyMemory<byte> bytes)
    {
        var root = ReadRoot(bytes);
        var containerConfig = ReadObject(root, "ContainerConfig");
        RefuseInnerHostConfig(containerConfig);
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
        JsonText.Check(bytes.Span);
        var node = JsonNode.Parse(bytes.Span, documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth });
        var root = node as JsonObject
            ?? throw new InvalidLaunchConfigException("", $"a JSON object is expected, not {NameOf(node)}");
        FieldNames.Fold(root, EngineSchema.LaunchConfig);
        return root;
    }

    private static JsonObject ReadObject(JsonObject root, string name) => root[name] switch
    {
        null => [],
        JsonObject found => found,
        var other => throw new InvalidLaunchConfigException(name, $"must be an object, not {NameOf(other)}"),
    };

    /// <summary>
    /// Refuses a HostConfig inside ContainerConfig: the engine reads one there, but the launch config's own would
    /// replace it.
    /// </summary>
    private static void RefuseInnerHostConfig(JsonObject containerConfig)
    {
        if (!JsonFields.IsEmpty(JsonFields.Take(containerConfig, "HostConfig")))
        {
            throw new InvalidLaunchConfigException(
                "ContainerConfig.HostConfig", "does not belong there: HostConfig belongs beside ContainerConfig");
        }
    }

    private static string ReadString(JsonObject parent, string name, string field) => parent[name] switch
    {
        null => "",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => throw new InvalidLaunchConfigException(field, $"must be a string, not {NameOf(other)}"),
    };

    private static bool ReadBoolean(JsonObject root, string name) => root[name] switch
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
        path = path.StartsWith('/') ? path : "/" + path;
        return IsPath(path)
            ? path
            : throw new InvalidLaunchConfigException(
                "HealthCheckPath", "must be a path without spaces or control characters");
    }

    /// <summary>Whether a text is a request target that begins with a slash.</summary>
    internal static bool IsPath(string text) => text.StartsWith('/') && !text.Any(c => c is <= ' ' or > '~' or '#');

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
        switch (containerConfig["Env"])
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

    /// <summary>Whether a text is a tag by the grammar of the distribution reference.</summary>
    internal static bool IsImageTag(string text) =>
        text.Length is > 0 and <= MaxTagLength && text[0] is not ('.' or '-')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
}
