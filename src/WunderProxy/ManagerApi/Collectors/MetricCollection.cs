using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>All metrics of the process, of one moment. Each area has a collector.</summary>
internal static class MetricCollection
{
    /// <summary>Returns the metrics of the present moment.</summary>
    public static IReadOnlyList<MetricFamily> Read(StatusReader status) => Of(status.Read(), status.ReadTraffic());

    /// <summary>Returns the metrics that describe these facts; families without a point are among them.</summary>
    public static IReadOnlyList<MetricFamily> Of(StatusFacts facts, TrafficFacts traffic) =>
    [
        .. StateMetrics.Of(facts),
        .. RequestMetrics.Of(facts, traffic),
        .. DurationMetrics.Of(facts.App, traffic),
        .. ConnectionMetrics.Of(facts),
        .. UpstreamMetrics.Of(facts, traffic),
        .. BufferMetrics.Of(facts.Forwarder.Buffers),
        .. FallbackMetrics.Of(facts.Forwarder.Fallback),
        .. CertificateMetrics.Of(facts.Certificates),
        .. TlsMetrics.Of(facts.Tls),
        .. LifecycleMetrics.Of(facts),
        .. SwitchMetrics.Of(facts.App, traffic),
        .. CallMetrics.Of(facts.App, traffic.Lifecycle),
        .. DiskMetrics.Of(facts.App, traffic),
        .. ProcessMetrics.Of(facts),
    ];
}
