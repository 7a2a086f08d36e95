namespace WunderProxy.Deployments.Restrictions;

/// <summary>What launch configs may use of the machine beside fields that are harmless (<c>--restrict</c>).</summary>
public sealed record LaunchRestriction
{
    /// <summary>Directories below which a container may be given directories and files (<c>--restrict-bind</c>); absolute paths.</summary>
    public IReadOnlyList<string> BindDirectories { get; init; } = [];

    /// <summary>Ports of the machine that may be published beyond loopback (<c>--restrict-port</c>).</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];
}
