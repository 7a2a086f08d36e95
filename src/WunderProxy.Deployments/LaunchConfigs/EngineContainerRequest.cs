using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// The body of the engine's create call (POST /containers/create) for a launch config. The config's two documents are
/// passed on unchanged, except for environment, image, labels, fields that the engine has moved since 2015, and
/// settings that would break our handling of the container.
/// </summary>
/// <param name="Body">The JSON body of the request.</param>
/// <param name="ContainerPort">TCP port inside the container that receives traffic.</param>
public sealed record EngineContainerRequest(JsonObject Body, int ContainerPort)
{
    private const string ImageVariable = "DOCKER_IMAGE";

    /// <summary>Builds the request for a launch config.</summary>
    /// <exception cref="AmbiguousPortException">Several ports are exposed and none is named.</exception>
    /// <exception cref="InvalidLaunchConfigException">
    /// A field that has to be interpreted has the wrong type.
    /// </exception>
    public static EngineContainerRequest Build(LaunchConfig config, EngineContainerOptions options)
    {
        var container = config.CopyContainerConfig();
        var host = config.CopyHostConfig();
        LegacyFields.Move(container, host);
        container["Env"] = MergeEnvironment(config, options);
        container["Image"] = config.Image.Length > 0 ? config.Image : options.ImageName;
        AddLabels(container, options.Labels);
        SpareTheEvidence(host);
        var port = ContainerPorts.Choose(config.ContainerPort, container, host, options.ImagePorts);
        ContainerPorts.Publish(port, container, host, options.PublishAddress);
        container["HostConfig"] = host;
        return new EngineContainerRequest(container, port);
    }

    /// <summary>
    /// Merges the variables of the launch config, those of <c>--cfg</c> for other keys, and <c>DOCKER_IMAGE</c>, whose value
    /// is always ours. For a key given more than once the last value counts.
    /// </summary>
    private static JsonArray MergeEnvironment(LaunchConfig config, EngineContainerOptions options)
    {
        OrderedDictionary<string, string> merged = [];
        foreach (var variable in config.Environment)
        {
            merged[KeyOf(variable)] = variable;
        }

        foreach (var (key, value) in options.Environment.Variables)
        {
            merged.TryAdd(key, $"{key}={value}");
        }

        merged.Remove(ImageVariable);
        merged.Add(ImageVariable, $"{ImageVariable}={options.ImageId}");
        return [.. merged.Values.Select(variable => (JsonNode)variable)];
    }

    private static string KeyOf(string variable)
    {
        var equals = variable.IndexOf('=');
        return equals < 0 ? variable : variable[..equals];
    }

    private static void AddLabels(JsonObject container, ContainerLabels added)
    {
        var labels = ContainerPorts.ObjectOf(container, "Labels", "ContainerConfig");

        // A launch config written from an inspected container carries the labels of that container.
        var reserved = labels.Select(label => label.Key).Where(name => name.StartsWith(ContainerLabels.Namespace, StringComparison.Ordinal));
        foreach (var name in reserved.ToList())
        {
            labels.Remove(name);
        }

        foreach (var (name, value) in added.ToPairs())
        {
            labels[name] = value;
        }
    }

    private static void SpareTheEvidence(JsonObject host)
    {
        // "always" would restart retired containers when the engine restarts.
        if (host["RestartPolicy"] is JsonObject policy && JsonFields.Text(policy["Name"]) == "always")
        {
            policy["Name"] = "unless-stopped";
        }

        // With AutoRemove the engine would remove a failed container before its log and exit code are read.
        if (host.ContainsKey("AutoRemove"))
        {
            host["AutoRemove"] = false;
        }
    }
}
