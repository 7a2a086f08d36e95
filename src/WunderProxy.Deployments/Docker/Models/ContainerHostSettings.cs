namespace WunderProxy.Deployments.Docker.Models;

/// <summary><c>HostConfig</c> of an inspected container.</summary>
internal sealed record ContainerHostSettings
{
    public string NetworkMode { get; init; } = "";

    public ContainerRestartPolicy? RestartPolicy { get; init; }
}
