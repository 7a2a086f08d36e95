using System.Text.Json;
using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Reads single values out of the engine's documents.</summary>
internal static class JsonFields
{
    /// <summary>The string in a node; null when it is none.</summary>
    public static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>
    /// Whether a value says nothing: null, 0, false, "", an empty list or object, as Go's encoder writes unset ones.
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

    /// <summary>Takes a field out of its parent.</summary>
    public static JsonNode? Take(JsonObject parent, string name)
    {
        var found = parent[name];
        parent.Remove(name);
        return found;
    }
}
