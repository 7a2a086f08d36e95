namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Bytes that are no launch config; the message names the field and what is wrong with it.</summary>
/// <param name="field">
/// The field at fault, as in <c>ContainerConfig.Env[2]</c>; empty when it is the JSON itself.
/// </param>
/// <param name="reason">What is wrong with it.</param>
public sealed class InvalidLaunchConfigException(string field, string reason)
    : Exception(field.Length == 0 ? $"no launch config: {reason}" : $"no launch config: {field} {reason}")
{
    /// <summary>The field at fault; empty when it is the JSON itself.</summary>
    public string Field { get; } = field;

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; } = reason;
}
