namespace WunderProxy.Certificates;

/// <summary>The files of one certificate, which may be one and the same.</summary>
/// <param name="CertificatePath">File with the certificate and its issuers, in PEM form.</param>
/// <param name="KeyPath">File with the private key, in PEM form.</param>
/// <param name="CertificateOption">The option that names the certificate's file or directory, for messages.</param>
/// <param name="KeyOption">The option that names the key's file or directory, for messages.</param>
internal sealed record CertificatePair(
    string CertificatePath, string KeyPath, string CertificateOption, string KeyOption);
