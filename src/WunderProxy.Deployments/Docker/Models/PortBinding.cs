namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Address and port of the machine on which a container port is published.</summary>
internal sealed record PortBinding(string? HostIp, string? HostPort);
