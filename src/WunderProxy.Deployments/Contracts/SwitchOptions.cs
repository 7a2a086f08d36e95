namespace WunderProxy.Deployments.Contracts;

/// <summary>How to switch.</summary>
public sealed record SwitchOptions
{
    /// <summary>Who switches, for events.</summary>
    public required string By { get; init; }

    /// <summary>How long the new upstream is watched; null for the configured default, zero for not at all.</summary>
    public TimeSpan? Guard { get; init; }
}
