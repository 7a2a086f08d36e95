namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Thrown when a container exposes several ports and nothing says which of them speaks HTTP.</summary>
/// <param name="ports">The exposed ports, in ascending order.</param>
public sealed class AmbiguousPortException(IReadOnlyList<int> ports)
    : Exception($"ports {string.Join(", ", ports)} are exposed: name the one to forward to in ContainerPort")
{
    /// <summary>The exposed ports, in ascending order.</summary>
    public IReadOnlyList<int> Ports { get; } = ports;
}
