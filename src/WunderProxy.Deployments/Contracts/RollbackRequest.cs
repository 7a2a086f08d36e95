namespace WunderProxy.Deployments.Contracts;

/// <summary>A request to go back to an earlier history entry.</summary>
public sealed record RollbackRequest
{
    /// <summary>A hash, a revision, or empty for the entry before the one in service.</summary>
    public string Target { get; init; } = "";

    /// <summary>Name of the deployer who rolls back, for events.</summary>
    public required string By { get; init; }

    /// <summary>How long the new upstream is watched; null for the configured time, zero for no watch.</summary>
    public TimeSpan? Guard { get; init; }
}
