using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Renames the fields of a document to the engine's spelling. The engine's decoder accepts <c>env</c> for <c>Env</c>;
/// if both reached the engine, the value in effect could differ from the one examined here.
/// </summary>
internal static class FieldNames
{
    /// <summary>Renames the fields of structs in place, at every depth; keys of maps are kept.</summary>
    /// <exception cref="InvalidLaunchConfigException">
    /// Two names of one struct are the same field to the engine.
    /// </exception>
    public static void Fold(JsonObject document, EngineType type) => Fold(document, type, "");

    private static void Fold(JsonNode? node, EngineType type, string path)
    {
        switch (node)
        {
            case JsonObject fields when type.IsStruct:
                FoldStruct(fields, type, path);
                break;
            case JsonObject members when type.Values is { } values:
                foreach (var (key, value) in members)
                {
                    Fold(value, values, Join(path, key));
                }

                break;
            case JsonArray list when type.Items is { } items:
                for (var i = 0; i < list.Count; i++)
                {
                    Fold(list[i], items, $"{path}[{i}]");
                }

                break;
        }
    }

    private static void FoldStruct(JsonObject fields, EngineType type, string path)
    {
        Dictionary<string, string> seen = new(StringComparer.Ordinal);
        foreach (var (name, _) in fields)
        {
            if (!seen.TryAdd(GoName.Fold(name), name))
            {
                throw new InvalidLaunchConfigException(
                    Join(path, name),
                    $"occurs twice: '{seen[GoName.Fold(name)]}' and '{name}' are the same name to the engine");
            }
        }

        var read = fields.ToList();
        fields.Clear();
        foreach (var (name, value) in read)
        {
            var known = type.Find(name);
            fields.Add(known?.Name ?? name, value);
            Fold(value, known?.Type ?? EngineType.Plain, Join(path, known?.Name ?? name));
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
