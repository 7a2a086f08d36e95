namespace WunderProxy.Certificates;

/// <summary>Which files certificates are read from.</summary>
internal sealed record CertificateFileOptions
{
    /// <summary>The option that names <see cref="Directory"/>.</summary>
    public const string DirectoryOption = "--tls-directory";

    /// <summary>The files named one by one; the first is the default certificate.</summary>
    public IReadOnlyList<CertificatePair> Pairs { get; init; } = [];

    /// <summary>
    /// Directory with any number of <c>NAME.crt</c> and <c>NAME.key</c>, or <c>NAME.pem</c> with both; null for none.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>File with the password of the encrypted keys; null if there is none.</summary>
    public string? PasswordFile { get; init; }
}
