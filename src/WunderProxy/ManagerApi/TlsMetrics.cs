using System.Globalization;
using WunderProxy.Certificates;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.ManagerApi;

/// <summary>The metrics about TLS; none without TLS.</summary>
internal static class TlsMetrics
{
    // More certificates than this are summed up by the earliest end: labels have to be bounded.
    private const int MaxCertificates = 100;

    private const string Gauge = "gauge";
    private const string Counter = "counter";

    private static readonly (TlsFailure Reason, string Word)[] Failures =
    [
        .. Enum.GetValues<TlsFailure>().Select(reason => (reason, WordOf(reason))),
    ];

    /// <summary>Writes handshakes by result, version and reason, and the days that certificates are still valid.</summary>
    public static void Write(PrometheusText text, IReadOnlyList<TlsSnapshot> owners)
    {
        if (owners.Count == 0)
        {
            return;
        }

        var counts = HandshakeCounts.Of(owners);
        var tls12 = owners.Sum(owner => owner.Handshakes.Tls12);
        const string Handshakes = "wunderproxy_tls_handshakes_total";
        text.Metric(Handshakes, Counter, "TLS handshakes by result; the engine runtime counts resumed ones as full.")
            .Sample(Handshakes, counts.Full, ("result", "full"))
            .Sample(Handshakes, counts.Resumed, ("result", "resumed"))
            .Sample(Handshakes, counts.Failed, ("result", "failed"));
        const string Versions = "wunderproxy_tls_handshake_versions_total";
        text.Metric(Versions, Counter, "Completed TLS handshakes by version.")
            .Sample(Versions, tls12, ("version", "1.2"))
            .Sample(Versions, counts.Full + counts.Resumed - tls12, ("version", "1.3"));
        const string Failed = "wunderproxy_tls_handshake_failures_total";
        text.Metric(Failed, Counter, "Failed TLS handshakes by reason.");
        foreach (var (reason, word) in Failures)
        {
            text.Sample(Failed, owners.Sum(owner => owner.Handshakes.Failed(reason)), ("reason", word));
        }

        WriteCertificates(text, [.. owners.SelectMany(owner => owner.Certificates).OrderBy(view => view.NotAfter)]);
    }

    private static void WriteCertificates(PrometheusText text, IReadOnlyList<CertificateView> certificates)
    {
        const string Days = "wunderproxy_tls_certificate_days_left";
        text.Metric(Days, Gauge, "Days until the certificate expires, by its first name; below 0 after its end.");
        foreach (var group in certificates.Take(MaxCertificates).GroupBy(view => (Name: view.Names is [var first, ..] ? first : string.Empty, view.Use)))
        {
            text.Sample(Days, group.First().DaysLeft, ("name", group.Key.Name), ("use", group.Key.Use));
        }

        text.Single(
            "wunderproxy_tls_certificates", Gauge, "Certificates in service.", certificates.Count);
    }

    private static string WordOf(TlsFailure reason) =>
        string.Concat(reason.ToString().Select((letter, index) =>
            char.IsUpper(letter) && index > 0
                ? "_" + char.ToLower(letter, CultureInfo.InvariantCulture)
                : char.ToLower(letter, CultureInfo.InvariantCulture).ToString()));
}
