using System.Text.Json;
using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Reads and removes single values of the engine's JSON documents.</summary>
internal static class JsonFields
{
    /// <summary>Returns the string in a node, or null if the node is not a string.</summary>
    public static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>
    /// Whether a value is one that Go's encoder writes for an unset field: null, 0, false, "", an empty list or object.
    /// </summary>
    public static bool IsEmpty(JsonNode? node) => node switch
    {
        null => true,
        JsonArray array => array.All(IsEmpty),
        JsonObject members => members.Count == 0,
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => string.IsNullOrWhiteSpace(Text(node)),
            JsonValueKind.Number => node.ToJsonString() is "0",
            JsonValueKind.False => true,
            _ => false,
        },
    };

    /// <summary>Removes a field from its parent and returns its value, or null.</summary>
    public static JsonNode? Take(JsonObject parent, string name)
    {
        var found = parent[name];
        parent.Remove(name);
        return found;
    }
}
