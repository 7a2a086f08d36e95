using System.Collections.ObjectModel;

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

    /// <summary>
    /// Seconds between the stop signal and SIGKILL; null for the engine's default, negative for no limit.
    /// </summary>
    public long? StopTimeout { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Ports such as <c>9292/tcp</c>.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    public string NetworkMode { get; init; } = "";

    /// <summary>Memory limit in bytes; 0 without a limit.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>
    /// Bindings by container port, such as <c>9292/tcp</c>; null for an exposed port that is not published.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> Ports { get; init; } =
        ReadOnlyDictionary<string, IReadOnlyList<PortBinding>?>.Empty;

    /// <summary>The container's connections by the name of the network.</summary>
    public IReadOnlyDictionary<string, NetworkEndpoint> Networks { get; init; } =
        ReadOnlyDictionary<string, NetworkEndpoint>.Empty;
}
