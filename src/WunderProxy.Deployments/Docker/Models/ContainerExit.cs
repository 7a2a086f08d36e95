namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Answer of <c>POST /containers/{id}/wait</c>.</summary>
internal sealed record ContainerExit(long StatusCode);
