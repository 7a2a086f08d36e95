namespace WunderProxy.Deployments.Docker.Models;

/// <summary><c>NetworkSettings</c> of an inspected container.</summary>
internal sealed record ContainerNetworkSettings
{
    /// <summary>By container port such as <c>9292/tcp</c>; null for an exposed port that is not published.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?>? Ports { get; init; }

    public IReadOnlyDictionary<string, NetworkEndpoint>? Networks { get; init; }
}
