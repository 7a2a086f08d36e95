namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Stored bytes do not have the hash that they are stored under: somebody changed them.</summary>
/// <param name="key">Key of the object.</param>
/// <param name="expected">The hash that its name promises.</param>
/// <param name="actual">The hash of its bytes.</param>
public sealed class HashMismatchException(string key, LaunchConfigReference expected, LaunchConfigReference actual)
    : Exception($"{key} holds bytes with hash {actual}, not {expected}")
{
    /// <summary>The hash that the name promises.</summary>
    public LaunchConfigReference Expected { get; } = expected;

    /// <summary>The hash of the bytes.</summary>
    public LaunchConfigReference Actual { get; } = actual;
}
