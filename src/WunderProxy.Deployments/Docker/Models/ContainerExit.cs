namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The answer to <c>POST /containers/{id}/wait</c>.</summary>
internal sealed record ContainerExit(long StatusCode);
