using System.Text.Json;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Restrictions;

/// <summary>Checks a create body as it goes to the engine: every field must be empty, or listed and allowed.</summary>
internal static class RestrictedBody
{
    /// <summary>Throws if the body uses a field that is not allowed.</summary>
    /// <exception cref="RestrictedFieldException">
    /// The body uses what is not allowed; the exception names the first such field.
    /// </exception>
    public static void Demand(RestrictionScope scope)
    {
        foreach (var (name, value) in scope.Body)
        {
            if (name == "HostConfig")
            {
                Judge(value, EngineSchema.HostConfig, scope.Body, "HostConfig", "HostConfig", scope);
            }
            else
            {
                var path = $"ContainerConfig.{name}";
                Judge(value, EngineSchema.CreateBody.Find(name)?.Type ?? EngineType.Plain, scope.Body, path, path, scope);
            }
        }

        NestedBinds.Demand(scope.Body);
    }

    /// <summary>Whether a value is what Go's encoder writes for an unset field.</summary>
    public static bool IsZero(JsonNode? node) => node switch
    {
        null => true,
        JsonArray list => list.Count == 0,
        JsonObject members => members.Count == 0,
        _ => node.GetValueKind() switch
        {
            JsonValueKind.False => true,
            JsonValueKind.String => JsonFields.Text(node)!.Length == 0,
            JsonValueKind.Number => node.ToJsonString() is "0",
            _ => false,
        },
    };

    /// <summary>Checks one value and everything in it.</summary>
    /// <param name="node">The value to check.</param>
    /// <param name="type">The type that the engine expects there.</param>
    /// <param name="parent">The object that contains the value.</param>
    /// <param name="path">Path of the value as the rules name it.</param>
    /// <param name="shown">Path of the value for error messages.</param>
    /// <param name="scope">The rest of the launch.</param>
    private static void Judge(
        JsonNode? node, EngineType type, JsonObject parent, string path, string shown, RestrictionScope scope)
    {
        if (RestrictedFields.Rules.TryGetValue(path, out var rule))
        {
            if (node is not null && rule(node, parent, scope) is { } reason)
            {
                throw new RestrictedFieldException(shown, reason);
            }

            return;
        }

        switch (node)
        {
            case JsonObject fields when type.IsStruct:
                foreach (var (name, value) in fields)
                {
                    Judge(value, type.Find(name)?.Type ?? EngineType.Plain, fields, $"{path}.{name}", $"{shown}.{name}", scope);
                }

                break;
            case JsonArray list when type.Items is { } items:
                for (var i = 0; i < list.Count; i++)
                {
                    Judge(list[i], items, parent, path, $"{shown}[{i}]", scope);
                }

                break;
            default:
                if (!IsZero(node))
                {
                    throw new RestrictedFieldException(shown, "it is not on the list of allowed fields (docs/reference.md)");
                }

                break;
        }
    }
}
