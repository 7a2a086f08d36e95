using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>Free space of volumes, and the space that images take.</summary>
internal static class DiskMetrics
{
    public static IEnumerable<MetricFamily> Of(string app, TrafficFacts facts)
    {
        var free = MetricFamily.Gauge(
            "wunderproxy_disk_free_bytes", "Bytes that the process may still write to the volume of one of its folders.");
        foreach (var volume in facts.Volumes)
        {
            free.Add(volume.FreeBytes, new MetricLabel("volume", volume.Name));
        }

        var images = MetricFamily.Gauge(
            "wunderproxy_images_bytes",
            "Size of the images of all deployments in care; layers that several images share count for each of them.");
        if (facts.Lifecycle?.ImagesBytes is { } bytes)
        {
            images.Add(bytes, new MetricLabel("app", app));
        }

        return [free, images];
    }
}
