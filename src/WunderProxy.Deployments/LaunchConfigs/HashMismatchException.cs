namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Thrown when stored bytes do not have the hash under which they are stored, because they were changed.
/// </summary>
/// <param name="key">Key of the object.</param>
/// <param name="expected">The hash in the name of the object.</param>
/// <param name="actual">The hash of the object's bytes.</param>
public sealed class HashMismatchException(string key, LaunchConfigReference expected, LaunchConfigReference actual)
    : Exception($"{key} holds bytes with hash {actual}, not {expected}")
{
    /// <summary>The hash in the name of the object.</summary>
    public LaunchConfigReference Expected { get; } = expected;

    /// <summary>The hash of the object's bytes.</summary>
    public LaunchConfigReference Actual { get; } = actual;
}
