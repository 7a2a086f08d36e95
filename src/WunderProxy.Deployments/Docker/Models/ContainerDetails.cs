namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The fields in use of the answer to <c>GET /containers/{id}/json</c>.</summary>
internal sealed record ContainerDetails
{
    public required string Id { get; init; }

    public string Name { get; init => field = value ?? ""; } = "";

    public DateTimeOffset Created { get; init; }

    /// <summary>Id of the image from which the container was created; empty if the engine did not tell.</summary>
    public string Image { get; init => field = value ?? ""; } = "";

    public int RestartCount { get; init; }

    public ContainerRunState State { get; init => field = value ?? new(); } = new();

    public ContainerSettings Config { get; init => field = value ?? new(); } = new();

    public ContainerHostSettings HostConfig { get; init => field = value ?? new(); } = new();

    public ContainerNetworkSettings NetworkSettings { get; init => field = value ?? new(); } = new();
}
