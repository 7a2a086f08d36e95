using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Decides which port of a container receives traffic, and how its ports are published.</summary>
internal static class ContainerPorts
{
    /// <summary>The port that the old tool always used.</summary>
    public const int DefaultPort = 9292;

    /// <summary>
    /// Returns the named port; without one the exposed port 9292 or the only exposed port, and 9292 if none is exposed.
    /// </summary>
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

    /// <summary>
    /// Exposes the port, and binds every exposed port without a binding to a machine port that the engine chooses.
    /// </summary>
    public static void Publish(int port, JsonObject container, JsonObject host, string address)
    {
        var name = new PortName(port, "tcp");
        var mode = JsonFields.Text(host["NetworkMode"]) ?? "";
        if (mode.StartsWith("container:", StringComparison.Ordinal))
        {
            // The container shares the ports of another one, and the engine refuses to expose any here.
            return;
        }

        ObjectOf(container, "ExposedPorts", "ContainerConfig").TryAdd(name.ToString(), new JsonObject());
        if (mode is "host" or "none")
        {
            // Without a network of its own the container cannot publish ports, and the engine refuses to.
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

    /// <summary>Binds a port to an address and port of the machine, unless it is bound already.</summary>
    public static void Bind(JsonObject bindings, PortName port, string address, string hostPort)
    {
        // To the engine, a port without a protocol is a TCP port.
        var isBound = port.IsTcp && bindings.ContainsKey($"{port.Number}");
        if (!isBound && JsonFields.IsEmpty(bindings[port.ToString()]))
        {
            bindings[port.ToString()] = Binding(address, hostPort);
        }
    }

    /// <summary>Returns the object in a field of <paramref name="parent"/> and creates it if missing.</summary>
    /// <param name="parent">The container config or the host config.</param>
    /// <param name="name">Name of the field.</param>
    /// <param name="document">Name of the parent, for the error message.</param>
    /// <exception cref="InvalidLaunchConfigException">The field holds something other than an object.</exception>
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
        new(new JsonObject { ["HostIp"] = address, ["HostPort"] = hostPort });

    private static IEnumerable<string> NamesIn(JsonNode? ports) => (ports as JsonObject)?.Select(p => p.Key) ?? [];

    private static int[] TcpPorts(IEnumerable<string> names) =>
        [.. names.Select(name => PortName.TryParse(name, out var port) && port.IsTcp ? port.Number : 0)
            .Where(number => number > 0).Distinct().Order()];
}
