namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Several ports are exposed and nothing says which of them speaks HTTP.</summary>
/// <param name="ports">The exposed ports.</param>
public sealed class AmbiguousPortException(IReadOnlyList<int> ports)
    : Exception($"ports {string.Join(", ", ports)} are exposed: name the one to forward to in ContainerPort")
{
    /// <summary>The exposed ports, ascending.</summary>
    public IReadOnlyList<int> Ports { get; } = ports;
}
