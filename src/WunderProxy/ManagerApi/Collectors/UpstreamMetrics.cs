using WunderProxy.Configuration;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>The upstream in service, and earlier ones that still hold exchanges.</summary>
internal static class UpstreamMetrics
{
    public static IEnumerable<MetricFamily> Of(StatusFacts facts, TrafficFacts traffic)
    {
        var counters = traffic.Application;
        var info = MetricFamily.Info("wunderproxy_upstream_info", "Upstream in service, described by the labels.");
        var inFlight = MetricFamily.Gauge(
            "wunderproxy_in_flight", "Exchanges and tunnels in flight on the upstream in service.");
        var refused = MetricFamily.Gauge(
            "wunderproxy_upstream_reachable", "1 if the last connect to the upstream in service succeeded or none was made, else 0.");
        if (facts.Application.Upstream is { } upstream)
        {
            var target = facts.Lifecycle.Current;
            info.Add(
                1,
                new("address", SocketAddressText.Format(upstream.EndPoint)),
                new("revision", target?.Revision ?? string.Empty),
                new("hash", target?.Hash.Value ?? string.Empty));
            inFlight.Add(upstream.InFlight.Total);
            refused.Add(upstream.LastConnectRefused ? 0 : 1, new MetricLabel("app", facts.App));
        }

        MetricLabel app = new("app", facts.App);
        return
        [
            ConnectFailures(counters, app),
            MetricFamily.Counter(
                "wunderproxy_upstream_retries_total", "Requests that were sent once more, on another connection.")
                .Add(counters.Retries, app),
            MetricFamily.Counter(
                "wunderproxy_upstream_stale_connections_total",
                "Connections that were used again and turned out to be closed by the upstream.")
                .Add(counters.StaleConnections, app),
            Connections(traffic.Revisions, app),
            info,
            inFlight,
            refused,
            MetricFamily.Gauge("wunderproxy_draining_in_flight", "Exchanges and tunnels in flight on earlier upstreams.")
                .Add(facts.Application.Draining.Sum(earlier => earlier.InFlight.Total)),
        ];
    }

    private static MetricFamily Connections(IReadOnlyList<RevisionCounters> revisions, MetricLabel app)
    {
        var family = MetricFamily.Gauge("wunderproxy_upstream_connections", "Open connections to upstreams, by revision and state.");
        foreach (var revision in revisions)
        {
            MetricLabel label = new("revision", revision.Revision);
            family.Add(revision.Connections.Active, app, label, new("state", "active"));
            family.Add(revision.Connections.Idle, app, label, new("state", "idle"));
        }

        return family;
    }

    private static MetricFamily ConnectFailures(TrafficCounters counters, MetricLabel app)
    {
        var family = MetricFamily.Counter("wunderproxy_upstream_connect_failures_total", "Connects to an upstream that failed, by reason.");
        foreach (var (reason, count) in counters.ConnectFailures.OrderBy(pair => pair.Key))
        {
            family.Add(count, app, new("reason", reason.ToString().ToLowerInvariant()));
        }

        return family;
    }
}
