using System.Text.Json;
using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.History;

/// <summary>Converts times in JSON in the format of <see cref="GoTime"/>.</summary>
internal sealed class GoTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        GoTime.TryParse(reader.GetString() ?? "", out var time)
            ? time
            : throw new JsonException("an RFC 3339 time is expected");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(GoTime.Format(value));
}
