using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>One line of <c>GET /events</c>.</summary>
internal sealed record EngineEvent
{
    public string Type { get; init; } = "";

    public string Action { get; init; } = "";

    public EngineEventActor Actor { get; init; } = new();

    [JsonPropertyName("timeNano")]
    public long TimeNanoseconds { get; init; }
}
