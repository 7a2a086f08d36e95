namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The fields in use of the answer to <c>GET /images/{name}/json</c>.</summary>
internal sealed record ImageDetails
{
    public required string Id { get; init; }

    public IReadOnlyList<string>? RepoTags { get; init; }

    public ContainerSettings? Config { get; init; }
}
