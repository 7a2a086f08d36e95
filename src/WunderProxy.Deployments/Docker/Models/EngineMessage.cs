using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>
/// One line of the stream of a pull or load; once the stream has begun, the engine reports errors as lines of a 200
/// answer.
/// </summary>
internal sealed record EngineMessage
{
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("stream")]
    public string? Stream { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }

    [JsonPropertyName("progressDetail")]
    public EngineProgressDetail? ProgressDetail { get; init; }
}
