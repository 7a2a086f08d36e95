namespace WunderProxy.Deployments.Docker.Models;

/// <summary>What is used of an inspected container's <c>HostConfig</c>.</summary>
internal sealed record ContainerHostSettings
{
    public string NetworkMode { get; init; } = "";

    /// <summary>Memory limit in bytes; 0 without a limit.</summary>
    public long Memory { get; init; }
}
