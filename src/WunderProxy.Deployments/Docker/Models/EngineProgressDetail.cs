using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Bytes of one layer.</summary>
internal sealed record EngineProgressDetail(
    [property: JsonPropertyName("current")] long? Current, [property: JsonPropertyName("total")] long? Total);
