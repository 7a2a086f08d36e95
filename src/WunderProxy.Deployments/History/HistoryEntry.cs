namespace WunderProxy.Deployments.History;

/// <summary>One deployment in <c>history.json</c>.</summary>
/// <param name="Revision">The application's own name for what was deployed.</param>
/// <param name="DeployedAt">When, in UTC; to 100 ns.</param>
/// <param name="DeployedBy">Who.</param>
/// <param name="Hash">MD5 (old tool) or SHA-256 of the launch config, as it was written.</param>
public sealed record HistoryEntry(string Revision, DateTimeOffset DeployedAt, string DeployedBy, string Hash)
{
    /// <summary>
    /// The bytes of the entry as it was read, empty for a new one: old entries are never rewritten, not even a digit of
    /// their time.
    /// </summary>
    internal ReadOnlyMemory<byte> Original { get; init; }

    /// <summary>Two entries are the same when their four fields are.</summary>
    public bool Equals(HistoryEntry? other) =>
        other is not null && Revision == other.Revision && DeployedAt == other.DeployedAt
        && DeployedBy == other.DeployedBy && Hash == other.Hash;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Revision, DeployedAt, DeployedBy, Hash);
}
