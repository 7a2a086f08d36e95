namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>One field in which two launch configs differ.</summary>
/// <param name="Part">
/// What the field concerns: <c>image</c>, <c>environment</c>, <c>limits</c>, <c>ports</c>, <c>health</c>, <c>volumes</c>,
/// <c>labels</c>, <c>command</c>, <c>user</c>, <c>network</c> or <c>other</c>.
/// </param>
/// <param name="Path">Path of the field, such as <c>HostConfig.Memory</c>; a variable follows <c>ContainerConfig.Env</c>.</param>
/// <param name="Kind"><c>added</c>, <c>removed</c> or <c>changed</c>.</param>
/// <param name="Before">The value before, as JSON; null if it was absent or may not be shown.</param>
/// <param name="After">The value after, as JSON; null if it is absent or may not be shown.</param>
public sealed record ConfigChange(string Part, string Path, string Kind, string? Before, string? After);
