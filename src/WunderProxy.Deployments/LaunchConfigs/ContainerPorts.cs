using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Which port of a container traffic goes to, and how its ports are published.</summary>
internal static class ContainerPorts
{
    /// <summary>The port that the old tool had built in.</summary>
    public const int DefaultPort = 9292;

    /// <summary>The named one; else of those exposed 9292, or the only one; 9292 when there are none.</summary>
    public static int Choose(int? named, JsonObject container, JsonObject host, IEnumerable<string> imagePorts)
    {
        if (named is { } port)
        {
            return port;
        }

        var exposed = TcpPorts(NamesIn(container["ExposedPorts"]).Concat(NamesIn(host["PortBindings"])));
        if (exposed.Length == 0)
        {
            exposed = TcpPorts(imagePorts);
        }

        return exposed switch
        {
            [] => DefaultPort,
            [var only] => only,
            _ when exposed.Contains(DefaultPort) => DefaultPort,
            _ => throw new AmbiguousPortException(exposed),
        };
    }

    /// <summary>Exposes the port, and gives every port without a binding one that the engine picks.</summary>
    public static void Publish(int port, JsonObject container, JsonObject host, string address)
    {
        var name = new PortName(port, "tcp");
        var mode = JsonFields.Text(host["NetworkMode"]) ?? "";
        if (mode.StartsWith("container:", StringComparison.Ordinal))
        {
            // The ports are those of the other container, and the engine refuses to expose any here.
            return;
        }

        ObjectOf(container, "ExposedPorts", "ContainerConfig").TryAdd(name.ToString(), new JsonObject());
        if (mode is "host" or "none")
        {
            // Such a container has no network of its own to publish from, and the engine refuses to.
            return;
        }

        var bindings = ObjectOf(host, "PortBindings", "HostConfig");
        var unbound = bindings.Where(binding => JsonFields.IsEmpty(binding.Value)).Select(binding => binding.Key);
        foreach (var key in unbound.ToList())
        {
            bindings[key] = Binding(address, "");
        }

        Bind(bindings, name, address, "");
    }

    /// <summary>Binds a port unless it is bound already.</summary>
    public static void Bind(JsonObject bindings, PortName port, string address, string hostPort)
    {
        // The engine takes a port without its protocol for TCP.
        var isBound = port.IsTcp && bindings.ContainsKey($"{port.Number}");
        if (!isBound && JsonFields.IsEmpty(bindings[port.ToString()]))
        {
            bindings[port.ToString()] = Binding(address, hostPort);
        }
    }

    /// <summary>The object in a field; made when there is none.</summary>
    /// <param name="parent">The container config or the host config.</param>
    /// <param name="name">The field.</param>
    /// <param name="document">Name of the parent, for the message.</param>
    /// <exception cref="InvalidLaunchConfigException">The field holds something else.</exception>
    public static JsonObject ObjectOf(JsonObject parent, string name, string document)
    {
        if (parent[name] is JsonObject found)
        {
            return found;
        }

        if (!JsonFields.IsEmpty(parent[name]))
        {
            throw new InvalidLaunchConfigException($"{document}.{name}", "must be an object");
        }

        JsonObject made = [];
        parent[name] = made;
        return made;
    }

    private static JsonArray Binding(string address, string hostPort) =>
        [new JsonObject { ["HostIp"] = address, ["HostPort"] = hostPort }];

    private static IEnumerable<string> NamesIn(JsonNode? ports) => (ports as JsonObject)?.Select(p => p.Key) ?? [];

    private static int[] TcpPorts(IEnumerable<string> names) =>
        [.. names.Select(name => PortName.TryParse(name, out var port) && port.IsTcp ? port.Number : 0)
            .Where(number => number > 0).Distinct().Order()];
}
