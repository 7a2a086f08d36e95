using System.Text.Json;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// A launch config for everybody's eyes: names, numbers and truth values stay, of texts only those of a few fields that are
/// known to be harmless.
/// </summary>
public static class MaskedConfig
{
    /// <summary>In these a text names a choice, a size or a version. A list is its items, a map is <c>*</c>.</summary>
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

    /// <summary>Hides all other texts.</summary>
    /// <param name="config">Bytes of a launch config.</param>
    /// <returns>The document, indented, as UTF-8.</returns>
    /// <exception cref="InvalidLaunchConfigException">The bytes are no launch config.</exception>
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

    /// <summary>The name stays as it is written; where it leads goes by the engine's reading of it.</summary>
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
