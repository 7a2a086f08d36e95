using System.Text.Json;
using System.Text.Json.Nodes;

namespace WunderProxy.ManagerApi;

/// <summary>Hides every value of a launch config's environment: which of them is a secret cannot be told from its key.</summary>
internal static class EnvMask
{
    private const string Mask = "***";

    /// <summary>The same document with <c>KEY=***</c> in every <c>Env</c> list of its container config.</summary>
    public static ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> config)
    {
        var document = JsonNode.Parse(config.Span) as JsonObject;
        foreach (var section in document?.Select(property => property.Value).OfType<JsonObject>() ?? [])
        {
            foreach (var list in section.Where(property => IsEnv(property.Key)).Select(p => p.Value).OfType<JsonArray>())
            {
                MaskAll(list);
            }
        }

        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            document?.WriteTo(writer);
        }

        return output.ToArray();
    }

    private static bool IsEnv(string key) => key.Equals("Env", StringComparison.OrdinalIgnoreCase);

    private static void MaskAll(JsonArray list)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var entry = list[i]?.ToString() ?? string.Empty;
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            list[i] = equals < 0 ? entry : entry[..(equals + 1)] + Mask;
        }
    }
}
