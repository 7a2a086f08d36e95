namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>The proof for one name, and the ways to give it (RFC 8555 section 7.1.4).</summary>
internal sealed record AcmeAuthorization
{
    /// <summary>The name to prove.</summary>
    public AcmeIdentifier? Identifier { get; init; }

    /// <summary>
    /// <c>pending</c>, <c>valid</c>, <c>invalid</c>, <c>deactivated</c>, <c>expired</c> or <c>revoked</c>.
    /// </summary>
    public string? Status { get; init; }

    /// <summary>The ways to give the proof, of which one suffices.</summary>
    public IReadOnlyList<AcmeChallenge?>? Challenges { get; init; }
}
