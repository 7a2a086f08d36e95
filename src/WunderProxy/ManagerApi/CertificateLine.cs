using System.Globalization;
using WunderProxy.Certificates;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>What people are told about one certificate, or about a name whose certificate has not come yet.</summary>
/// <param name="Names">The names, shortened if there are many.</param>
/// <param name="Use"><c>proxy</c>, or <c>api</c> for the manager API and the status listener.</param>
/// <param name="Validity">The state, with the end of the validity if there is a certificate.</param>
/// <param name="Source">The path of the certificate's file, <c>file</c> where that is not told, or <c>ACME</c>.</param>
/// <param name="NextOrder">When the certificate is renewed, or its order tried again; empty for files.</param>
/// <param name="LastProblem">What went wrong last; empty if nothing is wrong.</param>
internal sealed record CertificateLine(
    string Names, string Use, string Validity, string Source, string NextOrder, string LastProblem)
{
    private const int MostNames = 3;
    private const string Acme = "ACME";

    /// <summary>Describes the certificates in service, and then the names that wait for one.</summary>
    public static IEnumerable<CertificateLine> Of(StatusDocument status)
    {
        var inService = status.Tls?.Certificates ?? [];
        var ordered = inService.Where(IsOrdered).SelectMany(certificate => certificate.Names);
        var served = new HashSet<string>(ordered, StringComparer.OrdinalIgnoreCase);
        return inService.Select(Of).Concat((status.Acme?.Hosts ?? []).Where(host => !served.Contains(host.Host)).Select(Of));
    }

    private static CertificateLine Of(CertificateView certificate) => new(
        NamesOf(certificate.Names),
        certificate.Use,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{certificate.State.Replace('_', ' ')}, until {TimeOf(certificate.NotAfter)} ({certificate.DaysLeft:0.#} days)"),
        IsOrdered(certificate) ? Acme : certificate.File ?? certificate.Source,
        TimeOf(certificate.NextRenewal),
        certificate.LastProblem ?? string.Empty);

    private static CertificateLine Of(OrderedCertificateView host) => new(
        host.Host, "proxy", "none yet", Acme, TimeOf(host.NextTry), host.LastError ?? string.Empty);

    private static bool IsOrdered(CertificateView certificate) => certificate.Source == CertificateView.FromAcme;

    private static string NamesOf(IReadOnlyList<string> names) => names.Count switch
    {
        0 => "no name",
        <= MostNames => string.Join(", ", names),
        _ => $"{string.Join(", ", names.Take(MostNames))} and {names.Count - MostNames} more",
    };

    private static string TimeOf(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? string.Empty;
}
