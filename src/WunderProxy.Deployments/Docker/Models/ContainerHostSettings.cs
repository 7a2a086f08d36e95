namespace WunderProxy.Deployments.Docker.Models;

/// <summary><c>HostConfig</c> of an inspected container.</summary>
internal sealed record ContainerHostSettings
{
    public string NetworkMode { get; init => field = value ?? ""; } = "";

    /// <summary>Memory limit in bytes; 0 for none.</summary>
    public long Memory { get; init; }

    public ContainerRestartPolicy? RestartPolicy { get; init; }
}
