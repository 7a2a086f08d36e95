namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The answer to <c>GET /version</c>.</summary>
internal sealed record EngineVersion(string? Version, string? ApiVersion, string? MinAPIVersion);
