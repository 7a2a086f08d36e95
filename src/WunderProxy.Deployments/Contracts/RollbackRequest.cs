namespace WunderProxy.Deployments.Contracts;

/// <summary>What to go back to.</summary>
public sealed record RollbackRequest
{
    /// <summary>A hash, a revision, or empty for the entry before the one in service.</summary>
    public string Target { get; init; } = "";

    /// <summary>Who rolls back, for events.</summary>
    public required string By { get; init; }

    /// <summary>How long the new upstream is watched; null for the configured default, zero for not at all.</summary>
    public TimeSpan? Guard { get; init; }
}
