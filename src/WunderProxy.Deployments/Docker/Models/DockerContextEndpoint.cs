namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The address of the engine in a context of the Docker client.</summary>
/// <param name="Host">The address, in the form of <c>DOCKER_HOST</c>.</param>
/// <param name="SkipTLSVerify">Whether verification of the engine's certificate is turned off.</param>
internal sealed record DockerContextEndpoint(string? Host, bool SkipTLSVerify);
