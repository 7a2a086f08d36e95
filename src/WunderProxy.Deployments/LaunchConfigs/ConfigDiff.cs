using System.Text.Json;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Compares two launch configs field by field, known to us or not. A field that is absent equals one that is empty, as
/// for the engine. Values of variables are never shown.
/// </summary>
public static class ConfigDiff
{
    /// <summary>Most changes that are listed.</summary>
    public const int MaxChanges = 300;

    private const string Environment = "ContainerConfig.Env";
    private const int MaxTextLength = 200;

    /// <summary>What the fields concern, by the beginnings of their paths; the first that fits counts.</summary>
    private static readonly (string Start, string Part)[] Parts =
    [
        (Environment, "environment"),
        ("ContainerConfig.Image", "image"), ("ImageBucket", "image"), ("Revision", "image"), ("ForceReload", "image"),
        ("ContainerPort", "ports"), ("ContainerConfig.ExposedPorts", "ports"), ("HostConfig.PortBindings", "ports"),
        ("HostConfig.PublishAllPorts", "ports"),
        ("HealthCheckPath", "health"), ("ContainerConfig.Healthcheck", "health"),
        ("HostConfig.Binds", "volumes"), ("HostConfig.Mounts", "volumes"), ("HostConfig.Volume", "volumes"),
        ("HostConfig.Tmpfs", "volumes"), ("ContainerConfig.Volumes", "volumes"),
        ("ContainerConfig.Labels", "labels"),
        ("ContainerConfig.Cmd", "command"), ("ContainerConfig.Entrypoint", "command"), ("ContainerConfig.WorkingDir", "command"),
        ("ContainerConfig.User", "user"), ("HostConfig.UsernsMode", "user"), ("HostConfig.GroupAdd", "user"),
        ("HostConfig.Network", "network"), ("HostConfig.Dns", "network"), ("HostConfig.ExtraHosts", "network"),
        ("ContainerConfig.NetworkingConfig", "network"), ("ContainerConfig.Hostname", "network"), ("ContainerConfig.Domainname", "network"),
        ("HostConfig.Memory", "limits"), ("HostConfig.Cpu", "limits"), ("HostConfig.NanoCpus", "limits"),
        ("HostConfig.PidsLimit", "limits"), ("HostConfig.Ulimits", "limits"), ("HostConfig.Blkio", "limits"),
        ("HostConfig.Kernel", "limits"), ("HostConfig.Oom", "limits"), ("HostConfig.ShmSize", "limits"),
    ];

    /// <summary>Returns the changes from one launch config to the other, at most <see cref="MaxChanges"/> of them.</summary>
    /// <param name="from">The launch config before.</param>
    /// <param name="to">The launch config after.</param>
    /// <param name="showsTexts">
    /// Whether texts are shown, with secrets masked; else only those of the fields that are known to be harmless.
    /// </param>
    public static IReadOnlyList<ConfigChange> Of(LaunchConfig from, LaunchConfig to, bool showsTexts)
    {
        var (before, after) = (Flatten(from), Flatten(to));
        var mask = SecretMask.Of(
            [.. from.Environment, .. to.Environment],
            from.CopyContainerConfig(),
            from.CopyHostConfig(),
            to.CopyContainerConfig(),
            to.CopyHostConfig());
        return
        [
            .. before.Keys.Union(after.Keys, StringComparer.Ordinal)
                .Where(path => before.GetValueOrDefault(path) != after.GetValueOrDefault(path))
                .Select(path => ChangeOf(path, before.GetValueOrDefault(path), after.GetValueOrDefault(path), text => Show(path, text, mask, showsTexts)))
                .OrderBy(change => change.Part, StringComparer.Ordinal)
                .ThenBy(change => change.Path, StringComparer.Ordinal)
                .Take(MaxChanges),
        ];
    }

    private static ConfigChange ChangeOf(string path, string? before, string? after, Func<string, string?> show) => new(
        Parts.FirstOrDefault(part => path.StartsWith(part.Start, StringComparison.Ordinal)).Part ?? "other",
        path,
        before is null ? "added" : after is null ? "removed" : "changed",
        before is null ? null : show(before),
        after is null ? null : show(after));

    private static string? Show(string path, string json, SecretMask mask, bool showsTexts)
    {
        if (path.StartsWith(Environment + ".", StringComparison.Ordinal))
        {
            return null;
        }

        var isText = json.Contains('"', StringComparison.Ordinal);
        if (isText && !showsTexts && !MaskedConfig.IsHarmless(path))
        {
            return null;
        }

        var shown = isText ? mask.Apply(json) : json;
        return shown.Length <= MaxTextLength ? shown : shown[..MaxTextLength] + " …";
    }

    private static Dictionary<string, string> Flatten(LaunchConfig config)
    {
        var leaves = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(leaves, JsonNode.Parse(config.Bytes.Span, documentOptions: new JsonDocumentOptions { MaxDepth = 100 }), EngineSchema.LaunchConfig, "");
        return leaves;
    }

    private static void Add(Dictionary<string, string> leaves, JsonNode? node, EngineType type, string path)
    {
        if (JsonFields.IsEmpty(node))
        {
            return;
        }

        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    var field = type.Find(name);
                    Add(leaves, value, field?.Type ?? type.Values ?? EngineType.Plain, path.Length == 0 ? field?.Name ?? name : $"{path}.{field?.Name ?? name}");
                }

                break;
            case JsonArray list when path == Environment:
                foreach (var variable in list.Select(JsonFields.Text).OfType<string>())
                {
                    var equals = variable.IndexOf('=');

                    // Without a sign of equality it may be a value in the wrong place.
                    leaves[$"{path}.{(equals > 0 ? variable[..equals] : SecretMask.MaskVariable(variable))}"] = variable;
                }

                break;
            case JsonArray list when type.Items is not null || list.Any(item => item is JsonObject):
                foreach (var (index, item) in list.Index())
                {
                    Add(leaves, item, type.Items ?? EngineType.Plain, $"{path}[{index}]");
                }

                break;
            default:
                leaves[path] = node!.ToJsonString();
                break;
        }
    }
}
