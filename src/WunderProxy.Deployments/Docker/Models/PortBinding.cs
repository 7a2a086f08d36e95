namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Where a container port is published.</summary>
internal sealed record PortBinding(string? HostIp, string? HostPort);
