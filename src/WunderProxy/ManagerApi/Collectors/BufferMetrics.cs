using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>What is held of bodies for slow clients.</summary>
internal static class BufferMetrics
{
    public static IEnumerable<MetricFamily> Of(BufferSnapshot? buffers) => buffers is null ? [] :
    [
        MetricFamily.Gauge(
            "wunderproxy_buffer_bytes",
            "Bytes held of responses that clients have not taken yet, in memory and in temporary files.")
            .Add(buffers.Memory, new MetricLabel("kind", "memory"))
            .Add(buffers.Disk, new MetricLabel("kind", "disk")),
        MetricFamily.Gauge(
            "wunderproxy_buffer_limit_bytes",
            "Most bytes that may be held of responses, in memory and in temporary files.")
            .Add(buffers.MemoryLimit, new MetricLabel("kind", "memory"))
            .Add(buffers.DiskLimit, new MetricLabel("kind", "disk")),
        MetricFamily.Counter(
            "wunderproxy_buffer_spills_total",
            "Responses that went to a temporary file because their clients were slow.").Add(buffers.Spills),
    ];
}
