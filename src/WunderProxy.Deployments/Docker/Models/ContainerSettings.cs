namespace WunderProxy.Deployments.Docker.Models;

/// <summary>What is used of an inspected container's <c>Config</c>.</summary>
internal sealed record ContainerSettings
{
    /// <summary>
    /// Seconds between the stop signal and SIGKILL; null for the engine's default, negative for no limit.
    /// </summary>
    public long? StopTimeout { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Ports such as <c>9292/tcp</c>.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];
}
