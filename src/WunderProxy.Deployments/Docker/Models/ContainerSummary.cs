namespace WunderProxy.Deployments.Docker.Models;

/// <summary>One item of the answer to <c>GET /containers/json</c>.</summary>
internal sealed record ContainerSummary
{
    public required string Id { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public string Image { get; init => field = value ?? ""; } = "";

    public string ImageID { get; init => field = value ?? ""; } = "";

    public string State { get; init => field = value ?? ""; } = "";

    public long Created { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
