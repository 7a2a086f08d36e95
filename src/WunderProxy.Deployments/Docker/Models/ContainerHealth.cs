namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The result of the image's own <c>HEALTHCHECK</c>: starting, healthy, unhealthy or none.</summary>
internal sealed record ContainerHealth(string? Status);
