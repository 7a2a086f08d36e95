using WunderProxy.Configuration;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>Requests sent to peers and received from them; nothing without a peer key.</summary>
internal static class FallbackMetrics
{
    public static IEnumerable<MetricFamily> Of(FallbackSnapshot? fallback) => fallback is null ? [] :
    [
        MetricFamily.Counter("wunderproxy_fallback_sent_total", "Requests sent to a peer.").Add(fallback.Sent),
        MetricFamily.Counter("wunderproxy_fallback_failed_total", "Requests that no peer answered.").Add(fallback.Failed),
        MetricFamily.Counter(
            "wunderproxy_fallback_over_budget_total",
            "Requests not sent to a peer because the fallback budget was used up.").Add(fallback.OverBudget),
        MetricFamily.Counter("wunderproxy_fallback_received_total", "Requests received from a peer.").Add(fallback.Received),
        MetricFamily.Counter(
            "wunderproxy_fallback_not_believed_total",
            "Requests that claimed to come from a peer but had an invalid signature.").Add(fallback.NotBelieved),
        MetricFamily.Gauge("wunderproxy_fallback_in_flight", "Requests being served by peers.").Add(fallback.InFlight),
        Requests(fallback),
        Reachable(fallback),
    ];

    private static MetricFamily Requests(FallbackSnapshot fallback) =>
        MetricFamily.Counter("wunderproxy_fallback_requests_total", "Requests sent to peers and received from them, by result.")
            .Add(fallback.Sent - fallback.Failed, new("direction", "out"), new("result", "answered"))
            .Add(fallback.Failed, new("direction", "out"), new("result", "failed"))
            .Add(fallback.OverBudget, new("direction", "out"), new("result", "over_budget"))
            .Add(fallback.Received, new("direction", "in"), new("result", "received"))
            .Add(fallback.NotBelieved, new("direction", "in"), new("result", "not_believed"));

    private static MetricFamily Reachable(FallbackSnapshot fallback)
    {
        var family = MetricFamily.Gauge(
            "wunderproxy_peer_reachable", "1 if the last connect to the peer succeeded or none was made, else 0.");
        foreach (var peer in fallback.Peers)
        {
            family.Add(peer.LastConnectRefused ? 0 : 1, new MetricLabel("peer", SocketAddressText.Format(peer.EndPoint)));
        }

        return family;
    }
}
