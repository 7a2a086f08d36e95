namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>An order as the server shows it (RFC 8555 section 7.1.3).</summary>
internal sealed record AcmeOrder
{
    /// <summary><c>pending</c>, <c>ready</c>, <c>processing</c>, <c>valid</c> or <c>invalid</c>.</summary>
    public string? Status { get; init; }

    /// <summary>URLs of what has to be proved.</summary>
    public IReadOnlyList<string>? Authorizations { get; init; }

    /// <summary>Where the signing request goes when all is proved.</summary>
    public string? Finalize { get; init; }

    /// <summary>URL of the certificate, once it is there.</summary>
    public string? Certificate { get; init; }

    /// <summary>Why the order failed.</summary>
    public AcmeProblem? Error { get; init; }
}
