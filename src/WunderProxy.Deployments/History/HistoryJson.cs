using System.Text.Json;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>
/// The wire form of <c>history.json</c>, as the Go encoder writes it. Entries that were read are kept byte for byte,
/// even if their text is invalid; what cannot be shown becomes U+FFFD, as in Go.
/// </summary>
internal static class HistoryJson
{
    public static List<HistoryEntry> Read(ReadOnlyMemory<byte> bytes)
    {
        var json = LenientJson.WithoutByteOrderMark(bytes);
        if (json.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            return [];
        }

        try
        {
            return [.. Slice(json).Select(ReadEntry)];
        }
        catch (JsonException exception)
        {
            throw new FormatException(
                exception.LineNumber is { } line ? $"bad JSON at line {line + 1}, position {exception.BytePositionInLine + 1}" : exception.Message, exception);
        }
    }

    public static byte[] Write(IEnumerable<HistoryEntry> entries)
    {
        using var bytes = new MemoryStream();
        bytes.WriteByte((byte)'[');
        foreach (var entry in entries)
        {
            if (bytes.Length > 1)
            {
                bytes.WriteByte((byte)',');
            }

            // The raw bytes preserve nanoseconds, unknown fields and invalid text.
            bytes.Write(entry.Original.IsEmpty ? WriteEntry(entry) : entry.Original.Span);
        }

        bytes.WriteByte((byte)']');
        return bytes.ToArray();
    }

    /// <summary>Returns the bytes of each entry, without interpreting strings.</summary>
    private static List<ReadOnlyMemory<byte>> Slice(ReadOnlyMemory<byte> json)
    {
        List<ReadOnlyMemory<byte>> entries = [];
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    throw new FormatException($"entry {entries.Count} is not an object");
                }

                reader.Skip();
                entries.Add(json[start..(int)reader.BytesConsumed]);
            }
        }
        else if (reader.TokenType != JsonTokenType.Null)
        {
            throw new FormatException("a JSON list of entries is expected, and the text begins with something else");
        }

        // Text after the list makes the reader throw, as does an early end.
        while (reader.Read())
        {
        }

        return entries;
    }

    private static HistoryEntry ReadEntry(ReadOnlyMemory<byte> bytes, int index)
    {
        using var document = JsonDocument.Parse(LenientJson.Repair(bytes));
        var element = document.RootElement;
        var time = ReadString(element, "DeployedAt", index);
        return GoTime.TryParse(time, out var deployedAt)
            ? new HistoryEntry(
                ReadString(element, "Revision", index), deployedAt, ReadString(element, "DeployedBy", index),
                ReadString(element, "Hash", index))
            { Original = bytes }
            : throw new FormatException($"DeployedAt of entry {index} is not an RFC 3339 time: '{time}'");
    }

    private static string ReadString(JsonElement entry, string name, int index)
    {
        if (!entry.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return "";
        }

        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"{name} of entry {index} is not a string");
    }

    private static byte[] WriteEntry(HistoryEntry entry)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("Revision", LenientJson.WellFormed(entry.Revision));
            writer.WriteString("DeployedAt", GoTime.Format(entry.DeployedAt));
            writer.WriteString("DeployedBy", LenientJson.WellFormed(entry.DeployedBy));
            writer.WriteString("Hash", LenientJson.WellFormed(entry.Hash));
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
