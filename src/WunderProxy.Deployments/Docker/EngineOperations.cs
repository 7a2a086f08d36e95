namespace WunderProxy.Deployments.Docker;

/// <summary>Names of the engine's operations, without what makes one request unlike another.</summary>
internal static class EngineOperations
{
    /// <summary>The name of an operation that this program does not use.</summary>
    public const string Other = "other";

    /// <summary>Returns the name of the operation that a request asks for.</summary>
    /// <param name="method">Method of the request.</param>
    /// <param name="path">Path of the request, with or without the version of the API.</param>
    public static string NameOf(string method, string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return NameOf(method, segments is [var first, ..] && IsVersion(first) ? segments[1..] : segments);
    }

    private static bool IsVersion(string segment) => segment is ['v', >= '0' and <= '9', ..];

    private static string NameOf(string method, string[] segments) => (method, segments) switch
    {
        (_, ["_ping"]) => "ping",
        (_, ["version"]) => "version",
        (_, ["info"]) => "info",
        (_, ["events"]) => "events",
        ("GET", ["containers", "json"]) => "container_list",
        ("POST", ["containers", "create"]) => "container_create",
        ("GET", ["containers", _, "json"]) => "container_inspect",
        ("GET", ["containers", _, "logs"]) => "container_logs",
        ("POST", ["containers", _, "start"]) => "container_start",
        ("POST", ["containers", _, "stop"]) => "container_stop",
        ("POST", ["containers", _, "kill"]) => "container_kill",
        ("POST", ["containers", _, "wait"]) => "container_wait",
        ("DELETE", ["containers", _]) => "container_remove",
        ("POST", ["images", "create"]) => "image_pull",
        ("POST", ["images", "load"]) => "image_load",
        ("GET", ["images", .., "json"]) => "image_inspect",
        ("POST", ["images", .., "tag"]) => "image_tag",
        ("DELETE", ["images", ..]) => "image_remove",
        ("POST", ["networks", _, "connect"]) => "network_connect",
        _ => Other,
    };
}
