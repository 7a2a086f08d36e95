namespace WunderProxy.Deployments.Restrictions;

/// <summary>
/// What launch configs may use of the machine under <c>--restrict</c>, in addition to harmless fields.
/// </summary>
public sealed record LaunchRestriction
{
    /// <summary>
    /// Directories below which paths may be bound into a container (<c>--restrict-bind</c>); absolute paths.
    /// </summary>
    public IReadOnlyList<string> BindDirectories { get; init; } = [];

    /// <summary>Ports of the machine that may be published beyond loopback (<c>--restrict-port</c>).</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];
}
