using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The body of an error answer of the engine.</summary>
internal sealed record EngineError([property: JsonPropertyName("message")] string? Message);
