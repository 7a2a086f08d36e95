using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Progress of one layer of a pull or load, in bytes.</summary>
internal sealed record EngineProgressDetail(
    [property: JsonPropertyName("current")] long? Current, [property: JsonPropertyName("total")] long? Total);
