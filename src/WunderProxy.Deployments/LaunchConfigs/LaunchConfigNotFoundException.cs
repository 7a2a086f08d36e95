namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>The store has no launch config of that hash.</summary>
/// <param name="name">The hash as it was asked for, or <c>current</c>.</param>
/// <param name="place">Where it was looked for.</param>
public sealed class LaunchConfigNotFoundException(string name, string place)
    : Exception($"launch config {name} is not in {place}")
{
    /// <summary>The hash as it was asked for, or <c>current</c>.</summary>
    public string Name { get; } = name;
}
