using System.Text.Json;
using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.History;

/// <summary>
/// Reads durations in seconds of documents that others may have written: a value that is no duration counts as unknown,
/// and does not make the rest of the document unreadable.
/// </summary>
internal sealed class SecondsConverter : JsonConverter<double?>
{
    /// <summary>Longest duration that is believed, in seconds: some thirty years.</summary>
    public const double Max = 1e9;

    public override double? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var seconds) && seconds is >= 0 and <= Max)
        {
            return seconds;
        }

        reader.Skip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, double? value, JsonSerializerOptions options)
    {
        if (value is { } seconds)
        {
            writer.WriteNumberValue(seconds);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
