namespace WunderProxy.Deployments.Restrictions;

/// <summary>Thrown when a launch config uses what <c>--restrict</c> does not allow.</summary>
/// <param name="field">The field at fault, such as <c>HostConfig.Mounts[0].Source</c>.</param>
/// <param name="reason">Why the field is refused.</param>
public sealed class RestrictedFieldException(string field, string reason) : Exception($"{field} is restricted here: {reason}")
{
    /// <summary>The field at fault, such as <c>HostConfig.Mounts[0].Source</c>.</summary>
    public string Field { get; } = field;
}
