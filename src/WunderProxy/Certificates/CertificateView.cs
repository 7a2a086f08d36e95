using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Certificates;

/// <summary>A certificate in service, as <c>/status</c> shows it.</summary>
/// <param name="Use"><c>proxy</c>, or <c>api</c> for the manager API and the status listener.</param>
/// <param name="Names">The names that the certificate is for.</param>
/// <param name="NotBefore">The time from which the certificate is valid.</param>
/// <param name="NotAfter">The time until which the certificate is valid.</param>
/// <param name="DaysLeft">Days until <paramref name="NotAfter"/>; below 0 if the certificate has expired.</param>
internal sealed record CertificateView(
    string Use, IReadOnlyList<string> Names, DateTimeOffset NotBefore, DateTimeOffset NotAfter, double DaysLeft)
{
    /// <summary>Describes a certificate.</summary>
    public static CertificateView Of(ServerCertificate certificate, CertificateUse use, DateTimeOffset now) => new(
        use == CertificateUse.Proxy ? "proxy" : "api",
        certificate.Names,
        certificate.NotBefore,
        certificate.NotAfter,
        Math.Round((certificate.NotAfter - now).TotalDays, 2));
}
