namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Answer of <c>GET /images/{name}/json</c>, the fields in use.</summary>
internal sealed record ImageDetails
{
    public required string Id { get; init; }

    public IReadOnlyList<string>? RepoTags { get; init; }

    public ContainerSettings? Config { get; init; }
}
