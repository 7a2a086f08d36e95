using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Body of an error answer.</summary>
internal sealed record EngineError([property: JsonPropertyName("message")] string? Message);
