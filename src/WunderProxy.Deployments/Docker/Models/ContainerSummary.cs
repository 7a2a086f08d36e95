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

    /// <summary>Whether the container's process runs or may go on; a paused one has not ended.</summary>
    public bool IsUp => IsRunning || State is "paused" or "restarting";

    /// <summary>Whether the container's process runs.</summary>
    public bool IsRunning => State == "running";

    /// <summary>Whether the container's process has ended.</summary>
    public bool HasEnded => State is "exited" or "dead";

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
