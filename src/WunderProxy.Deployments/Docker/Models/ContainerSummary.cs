namespace WunderProxy.Deployments.Docker.Models;

/// <summary>What is used of a container in the engine's list.</summary>
internal sealed record ContainerSummary
{
    public required string Id { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public string Image { get; init; } = "";

    public string ImageID { get; init; } = "";

    public string State { get; init; } = "";

    /// <summary>When the engine created the container, as Unix time in seconds.</summary>
    public long Created { get; init; }

    /// <summary>Whether the container's process runs or may go on; a paused one has not ended.</summary>
    public bool IsUp => IsRunning || State is "paused" or "restarting";

    /// <summary>Whether the container's process runs.</summary>
    public bool IsRunning => State == "running";

    /// <summary>Whether the container's process has ended.</summary>
    public bool HasEnded => State is "exited" or "dead";

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
