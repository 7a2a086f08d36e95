namespace WunderProxy.Deployments.History;

/// <summary>One deployer's claim to the lease, as stored in <c>lock.ID.json</c>.</summary>
/// <param name="Id">Identifies the claim, 16 hexadecimal digits.</param>
/// <param name="By">Who deploys.</param>
/// <param name="Host">Name of the machine on which the deployer runs.</param>
/// <param name="At">
/// The turn of the claim, of which the smallest unexpired one wins; null before the deployer has taken a turn.
/// </param>
/// <param name="Expires">Time from which the claim no longer counts.</param>
internal sealed record LeaseClaim(string Id, string By, string Host, DateTimeOffset? At, DateTimeOffset Expires)
{
    /// <summary>Whether the turn of this claim comes before that of another.</summary>
    public bool Precedes(LeaseClaim other) =>
        At < other.At || (At == other.At && string.CompareOrdinal(Id, other.Id) < 0);
}
