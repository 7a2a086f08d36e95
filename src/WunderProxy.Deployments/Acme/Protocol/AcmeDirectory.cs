namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>The directory of an ACME server (RFC 8555 section 7.1.1): where each kind of request goes.</summary>
internal sealed record AcmeDirectory
{
    /// <summary>Where a fresh nonce is had.</summary>
    public string? NewNonce { get; init; }

    /// <summary>Where accounts are found and made.</summary>
    public string? NewAccount { get; init; }

    /// <summary>Where orders are placed.</summary>
    public string? NewOrder { get; init; }

    /// <summary>Start of the URLs that suggest when to renew (RFC 9773); null if the server has none.</summary>
    public string? RenewalInfo { get; init; }
}
