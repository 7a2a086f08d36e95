namespace WunderProxy.Deployments.Restrictions;

/// <summary>A launch config uses what <c>--restrict</c> does not allow.</summary>
/// <param name="field">The field at fault, as in <c>HostConfig.Mounts[0].Source</c>.</param>
/// <param name="reason">Why it is refused.</param>
public sealed class RestrictedFieldException(string field, string reason) : Exception($"{field} is restricted here: {reason}")
{
    /// <summary>The field at fault.</summary>
    public string Field { get; } = field;
}
