using System.Text.Json;

namespace WunderProxy.Deployments.History;

/// <summary>The wire form of <c>history.json</c>, as the Go encoder writes it.</summary>
internal static class HistoryJson
{
    public static List<HistoryEntry> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Trim(" \t\r\n"u8).IsEmpty)
        {
            return [];
        }

        try
        {
            var reader = new Utf8JsonReader(bytes);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Null => [],
                JsonValueKind.Array => [.. document.RootElement.EnumerateArray().Select(ReadEntry)],
                var kind => throw new FormatException($"a JSON list is expected, not {kind}"),
            };
        }
        catch (JsonException e)
        {
            throw new FormatException($"bad JSON at line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}", e);
        }
    }

    public static byte[] Write(IEnumerable<HistoryEntry> entries)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartArray();
            foreach (var entry in entries)
            {
                WriteEntry(writer, entry);
            }

            writer.WriteEndArray();
        }

        return bytes.ToArray();
    }

    private static HistoryEntry ReadEntry(JsonElement element, int index)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"entry {index} is no object");
        }

        var time = ReadString(element, "DeployedAt", index);
        return GoTime.TryParse(time, out var deployedAt)
            ? new HistoryEntry(
                ReadString(element, "Revision", index), deployedAt, ReadString(element, "DeployedBy", index),
                ReadString(element, "Hash", index))
            { Original = element.Clone() }
            : throw new FormatException($"DeployedAt of entry {index} is no RFC 3339 time: '{time}'");
    }

    private static string ReadString(JsonElement entry, string name, int index)
    {
        if (!entry.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return "";
        }

        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"{name} of entry {index} is no string");
    }

    private static void WriteEntry(Utf8JsonWriter writer, HistoryEntry entry)
    {
        if (entry.Original is { } original)
        {
            // The raw text keeps the nanoseconds and the fields that we do not know.
            writer.WriteRawValue(original.GetRawText(), skipInputValidation: true);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("Revision", entry.Revision);
        writer.WriteString("DeployedAt", GoTime.Format(entry.DeployedAt));
        writer.WriteString("DeployedBy", entry.DeployedBy);
        writer.WriteString("Hash", entry.Hash);
        writer.WriteEndObject();
    }
}
