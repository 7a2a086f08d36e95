namespace WunderProxy.Deployments.Docker.Models;

/// <summary>What is used of an inspected container.</summary>
internal sealed record ContainerDetails
{
    public required string Id { get; init; }

    public string Name { get; init; } = "";

    public DateTimeOffset Created { get; init; }

    /// <summary>Id of the image from which the container was created; empty if the engine did not tell.</summary>
    public string Image { get; init; } = "";

    public int RestartCount { get; init; }

    public ContainerRunState State { get; init; } = new();

    public ContainerSettings Config { get; init; } = new();

    public ContainerHostSettings HostConfig { get; init; } = new();

    public ContainerNetworkSettings NetworkSettings { get; init; } = new();
}
