using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>One event of the stream <c>GET /events</c>.</summary>
internal sealed record EngineEvent
{
    public string Type { get; init => field = value ?? ""; } = "";

    public string Action { get; init => field = value ?? ""; } = "";

    public EngineEventActor Actor { get; init => field = value ?? new(); } = new();

    [JsonPropertyName("timeNano")]
    public long TimeNanoseconds { get; init; }
}
