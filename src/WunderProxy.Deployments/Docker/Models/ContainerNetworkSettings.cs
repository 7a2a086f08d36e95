namespace WunderProxy.Deployments.Docker.Models;

/// <summary>What is used of an inspected container's <c>NetworkSettings</c>.</summary>
internal sealed record ContainerNetworkSettings
{
    /// <summary>
    /// Bindings by container port, such as <c>9292/tcp</c>; null for an exposed port that is not published.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?>? Ports { get; init; }

    public IReadOnlyDictionary<string, NetworkEndpoint>? Networks { get; init; }
}
