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
    /// <summary><see cref="Source"/> of a certificate that was ordered from an ACME server.</summary>
    public const string FromAcme = "acme";

    private const string FromFile = "file";

    /// <summary><c>valid</c>, <c>expires_soon</c>, <c>expired</c> or <c>not_yet_valid</c>.</summary>
    public required string State { get; init; }

    /// <summary>Where the certificate comes from: <c>file</c>, or <c>acme</c> if it was ordered.</summary>
    public required string Source { get; init; }

    /// <summary>Path of the certificate's file; left out for ordered ones and for callers without rights.</summary>
    public string? File { get; init; }

    /// <summary>When an ordered certificate is renewed, or its order tried again; left out for files.</summary>
    public DateTimeOffset? NextRenewal { get; init; }

    /// <summary>Why the file could not be read again, or the last order failed; left out if nothing is wrong.</summary>
    public string? LastProblem { get; init; }

    /// <summary>Describes a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="use">The listeners that the certificate is for.</param>
    /// <param name="now">The time at which validity is judged.</param>
    /// <param name="origin">Where the certificate comes from.</param>
    public static CertificateView Of(
        ServerCertificate certificate, CertificateUse use, DateTimeOffset now, CertificateOrigin origin) => new(
        use == CertificateUse.Proxy ? "proxy" : "api",
        certificate.Names,
        certificate.NotBefore,
        certificate.NotAfter,
        Math.Round((certificate.NotAfter - now).TotalDays, 2))
        {
            State = Validity.WordOf(certificate, now),
            Source = origin.IsOrdered ? FromAcme : FromFile,
            File = origin.File,
            LastProblem = origin.Problem,
        };

    /// <summary>Returns what callers without rights may see: no path, and no message that has one.</summary>
    public CertificateView ForAnybody() => this with
    {
        File = null,
        LastProblem = LastProblem is null ? null : "its file could not be read again",
    };
}
