using WunderProxy.Configuration;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>The upstream in service, and earlier ones that still hold exchanges.</summary>
internal static class UpstreamMetrics
{
    public static IEnumerable<MetricFamily> Of(StatusFacts facts)
    {
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

        var traffic = facts.Forwarder.Total;
        return
        [
            MetricFamily.Counter("wunderproxy_upstream_connect_failures_total", "Connects to an upstream that failed.")
                .Add(traffic.ConnectsFailed),
            MetricFamily.Counter(
                "wunderproxy_upstream_retries_total", "Requests that were sent once more, on another connection.")
                .Add(traffic.Retries),
            info,
            inFlight,
            refused,
            MetricFamily.Gauge("wunderproxy_draining_in_flight", "Exchanges and tunnels in flight on earlier upstreams.")
                .Add(facts.Application.Draining.Sum(earlier => earlier.InFlight.Total)),
        ];
    }
}
