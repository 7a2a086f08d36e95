using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Certificates;

/// <summary>The state of certificates and handshakes at one moment.</summary>
/// <param name="Use">The listeners that the certificates are for.</param>
/// <param name="Engine">The engine of the listeners.</param>
/// <param name="Certificates">The certificates in service, the default first.</param>
/// <param name="Handshakes">The number of handshakes since start, by their outcome.</param>
/// <param name="Warnings">Sentences about certificates that an operator should see; they name no file.</param>
internal sealed record TlsSnapshot(
    CertificateUse Use,
    TlsEngine Engine,
    IReadOnlyList<CertificateView> Certificates,
    TlsHandshakeCounters Handshakes,
    IReadOnlyList<string> Warnings)
{
    /// <summary>Returns what callers without rights may see: no paths.</summary>
    public TlsSnapshot ForAnybody() => this with
    {
        Certificates = [.. Certificates.Select(certificate => certificate.ForAnybody())],
    };
}
