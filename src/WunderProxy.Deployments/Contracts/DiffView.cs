using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Contracts;

/// <summary>In what two launch configs differ.</summary>
/// <param name="From">The launch config before.</param>
/// <param name="To">The launch config after.</param>
/// <param name="Changes">The fields that differ, by part and path.</param>
public sealed record DiffView(DiffSide From, DiffSide To, IReadOnlyList<ConfigChange> Changes)
{
    /// <summary>What callers should know about the choice of the two.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether there are more changes than are listed.</summary>
    public bool IsCut => Changes.Count >= ConfigDiff.MaxChanges;
}
