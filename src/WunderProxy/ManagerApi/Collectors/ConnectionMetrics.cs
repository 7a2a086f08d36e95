using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>Client connections, what waits, and the access log.</summary>
internal static class ConnectionMetrics
{
    public static IEnumerable<MetricFamily> Of(StatusFacts facts)
    {
        var forwarder = facts.Forwarder;
        return
        [
            ByState("wunderproxy_connections", "Open client connections by state.", forwarder.Connections),
            ByState("wunderproxy_client_connections", "Open client connections by state.", forwarder.Connections),
            MetricFamily.Counter("wunderproxy_accepted_total", "Client connections accepted.")
                .Add(forwarder.AcceptedConnections),
            MetricFamily.Counter("wunderproxy_connections_accepted_total", "Client connections accepted.")
                .Add(forwarder.AcceptedConnections),
            MetricFamily.Counter(
                "wunderproxy_refused_total",
                "Client connections refused because of the connection limit.").Add(forwarder.RefusedConnections),
            MetricFamily.Counter("wunderproxy_connections_rejected_total", "Client connections refused, by reason.")
                .Add(forwarder.RefusedConnections, new MetricLabel("reason", "limit")),
            MetricFamily.Gauge("wunderproxy_waiting", "Requests that wait because forwarding is paused.")
                .Add(facts.Application.PausedRequests),
            MetricFamily.Gauge("wunderproxy_queue_length", "Requests that wait before they are forwarded, by reason.")
                .Add(facts.Application.PausedRequests, new("app", facts.App), new("reason", "pause")),
            MetricFamily.Counter(
                "wunderproxy_access_log_dropped_total",
                "Access-log lines lost because their reader was too slow or failed.").Add(forwarder.AccessLogDropped),
        ];
    }

    private static MetricFamily ByState(string name, string help, ConnectionCounts states) => MetricFamily.Gauge(name, help)
        .Add(states.New, new MetricLabel("state", "new"))
        .Add(states.Active, new MetricLabel("state", "active"))
        .Add(states.Idle, new MetricLabel("state", "idle"))
        .Add(states.Upgraded, new MetricLabel("state", "upgraded"));
}
