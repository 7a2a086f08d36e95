using WunderProxy.Deployments.Contracts;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>Certificates that are ordered from an ACME server; nothing if none are.</summary>
internal static class CertificateMetrics
{
    public static IEnumerable<MetricFamily> Of(CertificateOrdersView? certificates)
    {
        if (certificates is null)
        {
            return [];
        }

        var expiry = MetricFamily.Gauge(
            "wunderproxy_acme_certificate_expiry_timestamp_seconds",
            "End of the validity of the certificate ordered for a host, in Unix time.");
        var failures = MetricFamily.Gauge(
            "wunderproxy_acme_order_failures", "Orders of a certificate that failed since the last success, by host.");
        foreach (var host in certificates.Hosts)
        {
            failures.Add(host.Failures, new MetricLabel("host", host.Host));
            if (host.ValidUntil is { } end)
            {
                expiry.Add(end.ToUnixTimeSeconds(), new MetricLabel("host", host.Host));
            }
        }

        return [expiry, failures];
    }
}
