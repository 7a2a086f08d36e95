namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Thrown when bytes are not a launch config; the message names the field and what is wrong with it.</summary>
/// <param name="field">
/// The field at fault, such as <c>ContainerConfig.Env[2]</c>; empty if the JSON itself is wrong.
/// </param>
/// <param name="reason">What is wrong with the field.</param>
public sealed class InvalidLaunchConfigException(string field, string reason)
    : Exception(field.Length == 0 ? $"not a launch config: {reason}" : $"not a launch config: {field} {reason}")
{
    /// <summary>The field at fault; empty if the JSON itself is wrong.</summary>
    public string Field { get; } = field;

    /// <summary>What is wrong with the field.</summary>
    public string Reason { get; } = reason;
}
