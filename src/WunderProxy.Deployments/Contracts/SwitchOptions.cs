namespace WunderProxy.Deployments.Contracts;

/// <summary>The options of a switch: who switches, and the guard.</summary>
public sealed record SwitchOptions
{
    /// <summary>Name of the deployer who switches, for events.</summary>
    public required string By { get; init; }

    /// <summary>How long the new upstream is watched; null for the configured time, zero for no watch.</summary>
    public TimeSpan? Guard { get; init; }
}
