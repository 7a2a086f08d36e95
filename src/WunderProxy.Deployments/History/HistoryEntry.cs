namespace WunderProxy.Deployments.History;

/// <summary>One deployment as recorded in <c>history.json</c>.</summary>
/// <param name="Revision">The application's own name for what was deployed.</param>
/// <param name="DeployedAt">When the deployment happened, in UTC, to 100 ns.</param>
/// <param name="DeployedBy">Who deployed.</param>
/// <param name="Hash">MD5 (old tool) or SHA-256 of the launch config, as written in the entry.</param>
public sealed record HistoryEntry(string Revision, DateTimeOffset DeployedAt, string DeployedBy, string Hash)
{
    /// <summary>
    /// The bytes of the entry as read, empty for a new one. Old entries are written back unchanged, to the last digit
    /// of their time.
    /// </summary>
    internal ReadOnlyMemory<byte> Original { get; init; }

    /// <summary>Two entries are equal if their four public fields are.</summary>
    public bool Equals(HistoryEntry? other) =>
        other is not null && Revision == other.Revision && DeployedAt == other.DeployedAt
        && DeployedBy == other.DeployedBy && Hash == other.Hash;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Revision, DeployedAt, DeployedBy, Hash);
}
