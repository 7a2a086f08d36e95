using System.Globalization;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>Exact histograms: durations of requests, of upstreams, of the proxy and of waits, sizes of bodies.</summary>
internal static class DurationMetrics
{
    public static IEnumerable<MetricFamily> Of(string app, TrafficFacts traffic) =>
    [
        Durations(app, traffic),
        Upstreams(app, traffic.Revisions, traffic.Application.UpstreamHead.Bounds),
        Bodies(
            "http_server_request_body_size_bytes",
            "http.server.request.body.size",
            "Size of the bodies of requests as the clients sent them.",
            app,
            traffic.Application.RequestBodies),
        Bodies(
            "http_server_response_body_size_bytes",
            "http.server.response.body.size",
            "Size of the bodies of responses as they were sent to the clients.",
            app,
            traffic.Application.ResponseBodies),
        new MetricFamily(
            "wunderproxy_proxy_overhead_seconds",
            MetricType.Histogram,
            "Time that the proxy added to answered requests: reading the head, and from the last bytes to the end.")
        {
            Bounds = traffic.Application.Overhead.Bounds,
        }.Add(PointOf(traffic.Application.Overhead, new MetricLabel("app", app))),
        new MetricFamily(
            "wunderproxy_queue_wait_seconds",
            MetricType.Histogram,
            "Time that requests waited before they were forwarded or given up, by reason.")
        {
            Bounds = traffic.Application.QueueWait.Bounds,
        }.Add(PointOf(traffic.Application.QueueWait, new("app", app), new("reason", "pause"))),
    ];

    private static MetricFamily Durations(string app, TrafficFacts traffic)
    {
        var family = new MetricFamily(
            "http_server_request_duration_seconds",
            MetricType.Histogram,
            "Duration of requests in seconds, from the complete head to the end of the response.")
        {
            OpenTelemetryName = "http.server.request.duration",
            Bounds = traffic.Application.UpstreamHead.Bounds,
        };
        // What had no upstream has no revision, and neither has a fixed upstream: they are one series.
        var none = new RevisionCounters(
            string.Empty,
            RequestDurations.Merge([traffic.Application.Durations, traffic.Unrouted.Durations]),
            traffic.Application.UpstreamHead,
            traffic.Application.UpstreamEnd);
        var groups = traffic.Revisions.Append(none).GroupBy(revision => revision.Revision, StringComparer.Ordinal).ToArray();
        traffic.Labels.Keep(groups.Select(group => group.Key));
        foreach (var group in groups)
        {
            var durations = RequestDurations.Merge(group.Select(revision => revision.Durations));
            Add(family, traffic.Labels.Of(group.Key, durations), app, group.Key);
        }

        return family;
    }

    private static void Add(MetricFamily family, IReadOnlyList<RequestDuration> sets, string app, string revision)
    {
        foreach (var set in sets)
        {
            var labels = set.Labels;
            family.Add(PointOf(
                set.Seconds,
                new("http_request_method", labels.Method),
                new("http_response_status_code", labels.Status.ToString(CultureInfo.InvariantCulture)),
                new("url_scheme", labels.Scheme),
                new("network_protocol_version", labels.ProtocolVersion),
                new("error_type", labels.ErrorType ?? string.Empty),
                new("app", app),
                new("revision", revision)));
        }
    }

    private static MetricFamily Upstreams(string app, IReadOnlyList<RevisionCounters> revisions, IReadOnlyList<double> bounds)
    {
        var family = new MetricFamily(
            "wunderproxy_upstream_request_duration_seconds",
            MetricType.Histogram,
            "Time from the head sent to the upstream until its response had begun, and until its response had ended.")
        {
            Bounds = bounds,
        };
        foreach (var revision in revisions)
        {
            family.Add(PointOf(revision.UpstreamHead, new("app", app), new("revision", revision.Revision), new("phase", "header")));
            family.Add(PointOf(revision.UpstreamEnd, new("app", app), new("revision", revision.Revision), new("phase", "end")));
        }

        return family;
    }

    private static MetricFamily Bodies(string name, string openTelemetryName, string help, string app, BucketHistogram sizes) =>
        new MetricFamily(name, MetricType.Histogram, help)
        {
            OpenTelemetryName = openTelemetryName,
            Bounds = sizes.Bounds,
        }.Add(PointOf(sizes, new MetricLabel("app", app)));

    private static MetricPoint PointOf(BucketHistogram histogram, params ReadOnlySpan<MetricLabel> labels) =>
        new([.. labels], histogram.Sum) { Buckets = histogram.Counts, Count = histogram.Count };
}
