namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Thrown when the store has no launch config with the requested hash.</summary>
/// <param name="name">The requested hash, or <c>current</c>.</param>
/// <param name="place">Where the launch config was looked for.</param>
public sealed class LaunchConfigNotFoundException(string name, string place)
    : Exception($"launch config {name} is not in {place}")
{
    /// <summary>The requested hash, or <c>current</c>.</summary>
    public string Name { get; } = name;
}
