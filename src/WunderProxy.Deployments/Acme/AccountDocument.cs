namespace WunderProxy.Deployments.Acme;

/// <summary>An account at an ACME server, as it is stored.</summary>
internal sealed record AccountDocument
{
    /// <summary>URL of the directory of the server.</summary>
    public string? Directory { get; init; }

    /// <summary>The private key with which requests of the account are signed, in PEM.</summary>
    public string? Key { get; init; }

    /// <summary>URL of the account; null before the server has told it.</summary>
    public string? Url { get; init; }

    /// <summary>The mail address that the server knows; null for none.</summary>
    public string? Email { get; init; }
}
