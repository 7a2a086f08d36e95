using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Converts the <c>PortSpecs</c> of 2015, which today's engine ignores, such as <c>9292</c>, <c>8080:9292</c> or
/// <c>127.0.0.1:8080:9292/tcp</c>. Each becomes an exposed port, and a binding if it names a port of the machine.
/// </summary>
internal static class PortSpecs
{
    public static void Move(JsonObject container, JsonObject host)
    {
        var specs = JsonFields.Take(container, "PortSpecs");
        if (JsonFields.IsEmpty(specs))
        {
            return;
        }

        if (specs is not JsonArray list)
        {
            throw new InvalidLaunchConfigException("ContainerConfig.PortSpecs", "must be a list of strings");
        }

        for (var i = 0; i < list.Count; i++)
        {
            Move($"ContainerConfig.PortSpecs[{i}]", JsonFields.Text(list[i]) ?? "", container, host);
        }
    }

    private static void Move(string field, string spec, JsonObject container, JsonObject host)
    {
        var parts = spec.Split(':');
        if (parts.Length > 3 || !PortName.TryParse(parts[^1], out var port))
        {
            throw new InvalidLaunchConfigException(field, $"is not a port: '{spec}'");
        }

        ContainerPorts.ObjectOf(container, "ExposedPorts", "ContainerConfig").TryAdd(port.ToString(), new JsonObject());
        var hostPort = parts.Length > 1 ? parts[^2] : "";
        var hostAddress = parts.Length > 2 ? parts[0] : "";
        if (hostPort.Length > 0 || hostAddress.Length > 0)
        {
            ContainerPorts.Bind(ContainerPorts.ObjectOf(host, "PortBindings", "HostConfig"), port, hostAddress, hostPort);
        }
    }
}
