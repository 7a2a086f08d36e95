namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The fields in use of an inspected container's <c>HostConfig</c>.</summary>
internal sealed record ContainerHostSettings
{
    public string NetworkMode { get; init => field = value ?? ""; } = "";

    /// <summary>Memory limit in bytes; 0 without a limit.</summary>
    public long Memory { get; init; }

    public ContainerRestartPolicy? RestartPolicy { get; init; }
}
