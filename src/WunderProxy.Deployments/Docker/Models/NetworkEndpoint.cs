namespace WunderProxy.Deployments.Docker.Models;

/// <summary>A container's connection to one network.</summary>
internal sealed record NetworkEndpoint
{
    public string NetworkID { get; init; } = "";

    public string? IPAddress { get; init; }

    public string? GlobalIPv6Address { get; init; }
}
