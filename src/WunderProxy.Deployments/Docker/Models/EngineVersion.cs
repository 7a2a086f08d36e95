namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Answer of <c>GET /version</c>.</summary>
internal sealed record EngineVersion(string? Version, string? ApiVersion, string? MinAPIVersion);
