using System.Globalization;
using WunderProxy.Certificates;
using WunderProxy.Forwarding.Transport.Tls;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>Handshakes by result, version and reason, and the certificates in service; nothing without TLS.</summary>
internal static class TlsMetrics
{
    // More certificates than this are left out, those with the latest end: labels have to be bounded.
    private const int MaxCertificates = 100;

    private static readonly (TlsFailure Reason, string Word)[] Failures =
    [
        .. Enum.GetValues<TlsFailure>().Select(reason => (reason, WordOf(reason))),
    ];

    public static IEnumerable<MetricFamily> Of(IReadOnlyList<TlsSnapshot> owners) => owners.Count == 0 ? [] :
    [
        .. HandshakesOf(owners),
        .. CertificatesOf([.. owners.SelectMany(owner => owner.Certificates).OrderBy(view => view.NotAfter)]),
    ];

    private static IEnumerable<MetricFamily> HandshakesOf(IReadOnlyList<TlsSnapshot> owners)
    {
        var counts = HandshakeCounts.Of(owners);
        var tls12 = owners.Sum(owner => owner.Handshakes.Tls12);
        yield return MetricFamily.Counter(
            "wunderproxy_tls_handshakes_total",
            "TLS handshakes by result; the engine runtime counts resumed ones as full.")
            .Add(counts.Full, new MetricLabel("result", "full"))
            .Add(counts.Resumed, new MetricLabel("result", "resumed"))
            .Add(counts.Failed, new MetricLabel("result", "failed"));
        yield return MetricFamily.Counter(
            "wunderproxy_tls_handshake_versions_total", "Completed TLS handshakes by version.")
            .Add(tls12, new MetricLabel("version", "1.2"))
            .Add(counts.Full + counts.Resumed - tls12, new MetricLabel("version", "1.3"));
        var failed = MetricFamily.Counter("wunderproxy_tls_handshake_failures_total", "Failed TLS handshakes by reason.");
        foreach (var (reason, word) in Failures)
        {
            failed.Add(owners.Sum(owner => owner.Handshakes.Failed(reason)), new MetricLabel("reason", word));
        }

        yield return failed;
    }

    private static IEnumerable<MetricFamily> CertificatesOf(IReadOnlyList<CertificateView> certificates)
    {
        var days = MetricFamily.Gauge(
            "wunderproxy_tls_certificate_days_left",
            "Days until the certificate expires, by its first name; below 0 after its end.");
        var ends = MetricFamily.Gauge(
            "wunderproxy_tls_certificate_not_after_timestamp_seconds",
            "End of the validity of the certificate in service, by its first name, in Unix time.");
        foreach (var group in certificates.Take(MaxCertificates).GroupBy(view => (Name: view.Names is [var first, ..] ? first : string.Empty, view.Use)))
        {
            MetricLabel[] labels = [new("name", group.Key.Name), new("use", group.Key.Use)];
            days.Add(group.First().DaysLeft, labels);
            ends.Add(group.First().NotAfter.ToUnixTimeSeconds(), labels);
        }

        return
        [
            days,
            ends,
            MetricFamily.Gauge("wunderproxy_tls_certificates", "Certificates in service.").Add(certificates.Count),
        ];
    }

    private static string WordOf(TlsFailure reason) =>
        string.Concat(reason.ToString().Select((letter, index) =>
            char.IsUpper(letter) && index > 0
                ? "_" + char.ToLower(letter, CultureInfo.InvariantCulture)
                : char.ToLower(letter, CultureInfo.InvariantCulture).ToString()));
}
