using System.Globalization;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>Requests, their responses, bytes and durations, since the process started.</summary>
internal static class RequestMetrics
{
    public static IEnumerable<MetricFamily> Of(StatusFacts facts, TrafficFacts counters)
    {
        var traffic = facts.Forwarder.Total;
        return
        [
            Responses(traffic),
            MetricFamily.Counter("wunderproxy_requests_total", "Requests that have ended, refused ones included.")
                .Add(traffic.Requests),
            MetricFamily.Counter(
                "wunderproxy_gateway_errors_total",
                "Responses with status 502 or 504 that the proxy made itself.").Add(traffic.GatewayErrors),
            MetricFamily.Counter(
                "wunderproxy_aborted_total",
                "Exchanges whose response was cut off, by either side.").Add(traffic.Aborted),
            MetricFamily.Counter("wunderproxy_received_bytes_total", "Bytes received from clients.").Add(traffic.BytesIn),
            MetricFamily.Counter("wunderproxy_sent_bytes_total", "Bytes sent to clients.").Add(traffic.BytesOut),
            Times(traffic),
            Active(facts.App, counters.Active),
        ];
    }

    private static MetricFamily Responses(TrafficSnapshot traffic)
    {
        var family = MetricFamily.Counter("wunderproxy_responses_total", "Responses by status code.");
        foreach (var (code, count) in traffic.Status.Codes.OrderBy(pair => pair.Key))
        {
            family.Add(count, new MetricLabel("code", code.ToString(CultureInfo.InvariantCulture)));
        }

        return family;
    }

    private static MetricFamily Times(TrafficSnapshot traffic)
    {
        var times = traffic.ResponseTimes;
        return new MetricFamily(
            "wunderproxy_response_seconds",
            MetricType.Summary,
            "Duration of exchanges in seconds, from request head to end of response.").Add(new MetricPoint([], traffic.TotalSeconds)
            {
                Count = traffic.Requests,
                Quantiles = [(0.5, times.P50), (0.9, times.P90), (0.99, times.P99), (0.999, times.P999)],
            });
    }

    private static MetricFamily Active(string app, IReadOnlyList<ActiveRequests> active)
    {
        var family = new MetricFamily(
            "http_server_active_requests", MetricType.Gauge, "Requests whose exchange has begun and not ended.")
        {
            OpenTelemetryName = "http.server.active_requests",
        };
        foreach (var requests in active)
        {
            family.Add(
                requests.Count, new("http_request_method", requests.Method), new("url_scheme", requests.Scheme), new("app", app));
        }

        return family;
    }
}
