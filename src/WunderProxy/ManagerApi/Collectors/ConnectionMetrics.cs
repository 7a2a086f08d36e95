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
            ByListener("wunderproxy_connections_accepted_total", "Client connections accepted, by listener.", forwarder, counts => counts.Accepted),
            MetricFamily.Counter(
                "wunderproxy_refused_total",
                "Client connections refused because of the connection limit.").Add(forwarder.RefusedConnections),
            ByListener(
                "wunderproxy_connections_rejected_total",
                "Client connections refused, by listener and reason.",
                forwarder,
                counts => counts.Refused,
                new MetricLabel("reason", "limit")),
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

    private static MetricFamily ByListener(
        string name,
        string help,
        ForwarderSnapshot forwarder,
        Func<ListenerCounts, long> count,
        params MetricLabel[] more)
    {
        var family = MetricFamily.Counter(name, help);
        foreach (var listener in forwarder.Listeners)
        {
            family.Add(count(listener), [new("listener", listener.Listener), .. more]);
        }

        return family;
    }
}
