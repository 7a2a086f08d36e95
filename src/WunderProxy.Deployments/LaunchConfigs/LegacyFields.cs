using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Moves fields of 2015 to the places where the engine reads them today. If a field has a value in both places, the one
/// in the host config counts; a field without a value is dropped.
/// </summary>
internal static class LegacyFields
{
    private static readonly string[] MovedAsIs = ["Memory", "MemorySwap", "CpuShares"];

    public static void Move(JsonObject container, JsonObject host)
    {
        foreach (var name in MovedAsIs)
        {
            MoveTo(host, name, JsonFields.Take(container, name));
        }

        // The host config comes first: its own old name takes precedence over the container config's.
        MoveTo(host, "CpusetCpus", JsonFields.Take(host, "Cpuset"));
        MoveTo(host, "CpusetCpus", JsonFields.Take(container, "Cpuset"));
        MoveTo(host, "Dns", ToList("ContainerConfig.Dns", JsonFields.Take(container, "Dns")));
        MoveVolumes(container, host);
        PortSpecs.Move(container, host);

        // The LXC driver left the engine in version 1.10, and these fields with it.
        container.Remove("LxcConf");
        host.Remove("LxcConf");
    }

    private static void MoveVolumes(JsonObject container, JsonObject host)
    {
        var own = ToList("HostConfig.VolumesFrom", JsonFields.Take(host, "VolumesFrom"));
        MoveTo(host, "VolumesFrom", own);
        MoveTo(host, "VolumesFrom", ToList("ContainerConfig.VolumesFrom", JsonFields.Take(container, "VolumesFrom")));
    }

    private static void MoveTo(JsonObject host, string name, JsonNode? value)
    {
        if (!JsonFields.IsEmpty(value) && JsonFields.IsEmpty(host[name]))
        {
            host[name] = value;
        }
    }

    /// <summary>
    /// Returns a list for a string or a list; in 2015 one string could hold several names, separated by commas.
    /// </summary>
    private static JsonArray? ToList(string field, JsonNode? node)
    {
        var items = node switch
        {
            null => [],
            JsonArray array => array.Select((item, i) => TextOf($"{field}[{i}]", item)),
            _ => TextOf(field, node).Split(','),
        };
        string[] named = [.. items.Select(item => item.Trim()).Where(item => item.Length > 0)];
        return named.Length == 0 ? null : [.. named.Select(item => (JsonNode)item)];
    }

    private static string TextOf(string field, JsonNode? node) => node is null
        ? ""
        : JsonFields.Text(node) ?? throw new InvalidLaunchConfigException(field, "must be a string");
}
