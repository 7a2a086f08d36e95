namespace WunderProxy.Deployments.History;

/// <summary>One deployer's claim, as it lies in <c>lock.ID.json</c>.</summary>
/// <param name="Id">16 hex digits.</param>
/// <param name="By">Who deploys.</param>
/// <param name="Host">On which machine.</param>
/// <param name="At">Its turn: the smallest unexpired one wins. Null while it looks for one.</param>
/// <param name="Expires">From then on it counts for nothing.</param>
internal sealed record LeaseClaim(string Id, string By, string Host, DateTimeOffset? At, DateTimeOffset Expires)
{
    /// <summary>Whether this one's turn comes before another's.</summary>
    public bool Precedes(LeaseClaim other) =>
        At < other.At || (At == other.At && string.CompareOrdinal(Id, other.Id) < 0);
}
