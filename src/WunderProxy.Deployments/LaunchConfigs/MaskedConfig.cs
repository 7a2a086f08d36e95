using System.Text.Json;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Renders a launch config without secrets, for readers without rights: names, numbers and booleans are shown, and
/// texts only in a few fields that are known to be harmless.
/// </summary>
public static class MaskedConfig
{
    /// <summary>
    /// Paths of fields whose text is a choice, a size or a version. Items of a list have the list's path, values of a
    /// map <c>*</c>.
    /// </summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "Revision",
        "ContainerPort",
        "ContainerConfig.Image",
        "ContainerConfig.StopSignal",
        "ContainerConfig.WorkingDir",
        "HostConfig.CapAdd",
        "HostConfig.CapDrop",
        "HostConfig.CgroupnsMode",
        "HostConfig.CpusetCpus",
        "HostConfig.CpusetMems",
        "HostConfig.IpcMode",
        "HostConfig.LogConfig.Type",
        "HostConfig.Mounts.Type",
        "HostConfig.NetworkMode",
        "HostConfig.PidMode",
        "HostConfig.PortBindings.*.HostPort",
        "HostConfig.RestartPolicy.Name",
        "HostConfig.Ulimits.Name",
    };

    /// <summary>Returns the launch config with every other text masked.</summary>
    /// <param name="config">Bytes of a launch config.</param>
    /// <returns>The document as indented UTF-8.</returns>
    /// <exception cref="InvalidLaunchConfigException">The bytes are not a launch config.</exception>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> config)
    {
        JsonText.Check(config.Span);
        var document = JsonNode.Parse(config.Span, documentOptions: new JsonDocumentOptions { MaxDepth = 100 });
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            Mask(document, EngineSchema.LaunchConfig, "")?.WriteTo(writer);
        }

        output.WriteByte((byte)'\n');
        return output.ToArray();
    }

    /// <summary>Whether the text at a path is a choice, a size or a version, which everybody may see.</summary>
    internal static bool IsHarmless(string path) => Harmless.Contains(path);

    private static JsonNode? Mask(JsonNode? node, EngineType type, string path)
    {
        switch (node)
        {
            case JsonObject members:
                return new JsonObject(members.Select(member => MaskMember(member.Key, member.Value, type, path)));
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Mask(item, type.Items ?? EngineType.Plain, path))]);
            default:
                return JsonFields.Text(node) is { Length: > 0 } text ? MaskText(text, path) : node?.DeepClone();
        }
    }

    /// <summary>
    /// Masks one member. Its name is kept as written; its path follows the engine's spelling of the name.
    /// </summary>
    private static KeyValuePair<string, JsonNode?> MaskMember(string name, JsonNode? value, EngineType type, string path)
    {
        var field = type.Find(name);
        var known = field?.Name ?? (type.Values is null ? "?" : "*");
        var next = field?.Type ?? type.Values ?? EngineType.Plain;
        return new(name, Mask(value, next, path.Length == 0 ? known : $"{path}.{known}"));
    }

    private static string MaskText(string text, string path) => path switch
    {
        "ContainerConfig.Env" => SecretMask.MaskVariable(text),
        _ when Harmless.Contains(path) => SecretMask.Empty.Apply(text),
        _ => SecretMask.Masked,
    };
}
