using System.Text.Json;
using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.History;

/// <summary>
/// Reads measurements of documents that others may have written: what cannot be a measurement counts as unknown, and does
/// not make the rest of the document unreadable.
/// </summary>
internal sealed class MeasurementConverter : JsonConverter<SwitchMeasurement>
{
    public override SwitchMeasurement? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        try
        {
            return element.Deserialize(HistoryJsonContext.Default.SwitchMeasurement)?.Plausible();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, SwitchMeasurement value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, HistoryJsonContext.Default.SwitchMeasurement);
}
