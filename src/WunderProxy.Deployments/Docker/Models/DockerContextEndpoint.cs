namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Where the engine of a context is.</summary>
/// <param name="Host">As in <c>DOCKER_HOST</c>.</param>
/// <param name="SkipTLSVerify">Whether the engine's certificate is not to be checked.</param>
internal sealed record DockerContextEndpoint(string? Host, bool SkipTLSVerify);
