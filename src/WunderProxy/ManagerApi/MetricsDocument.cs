using System.Globalization;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>Writes the metrics for Prometheus. Counters count since the process started.</summary>
internal static class MetricsDocument
{
    private const string Gauge = "gauge";
    private const string Counter = "counter";

    /// <summary>Writes the whole document in the Prometheus text format.</summary>
    public static string Write(StatusFacts facts)
    {
        var text = new PrometheusText();
        WriteState(text, facts);
        WriteTraffic(text, facts.Forwarder.Total);
        WriteConnections(text, facts);
        WriteUpstream(text, facts);
        WriteFallback(text, facts.Forwarder.Fallback);
        return text.ToString();
    }

    private static void WriteState(PrometheusText text, StatusFacts facts)
    {
        text.Metric("wunderproxy_build_info", Gauge, "Our own version.")
            .Sample("wunderproxy_build_info", 1, ("version", facts.Version), ("app", facts.App));
        text.Single("wunderproxy_uptime_seconds", Gauge, "Seconds since start.", facts.Uptime.TotalSeconds);
        text.Single("wunderproxy_available", Gauge, "1 while /status answers 200.", facts.IsAvailable ? 1 : 0);
        text.Single("wunderproxy_paused", Gauge, "1 while new requests wait.", facts.Application.IsPaused ? 1 : 0);
        text.Single("wunderproxy_draining", Gauge, "1 while asking balancers to leave.", facts.IsLeaving ? 1 : 0);
        text.Single("wunderproxy_docker_ok", Gauge, "1 while the engine answers.", Ok(facts.Lifecycle.DockerState));
        text.Single("wunderproxy_store_ok", Gauge, "1 while the object store answers.", Ok(facts.Lifecycle.StoreState));
        text.Single("wunderproxy_heap_bytes", Gauge, "Managed heap.", facts.HeapSize);
        text.Single(
            "wunderproxy_log_dropped_total",
            Counter,
            "Lines of the program's log that were dropped because its reader was too slow.",
            facts.LogDropped);
    }

    private static void WriteTraffic(PrometheusText text, TrafficSnapshot traffic)
    {
        text.Metric("wunderproxy_responses_total", Counter, "Responses by status code.");
        foreach (var (code, count) in traffic.Status.Codes.OrderBy(pair => pair.Key))
        {
            text.Sample("wunderproxy_responses_total", count, ("code", code.ToString(CultureInfo.InvariantCulture)));
        }

        text.Single("wunderproxy_requests_total", Counter, "Requests that ended.", traffic.Requests);
        text.Single("wunderproxy_gateway_errors_total", Counter, "502 and 504 of our own.", traffic.GatewayErrors);
        text.Single("wunderproxy_aborted_total", Counter, "Responses that were cut off.", traffic.Aborted);
        text.Single("wunderproxy_received_bytes_total", Counter, "Bytes from clients.", traffic.BytesIn);
        text.Single("wunderproxy_sent_bytes_total", Counter, "Bytes to clients.", traffic.BytesOut);
        WriteTimes(text, traffic);
    }

    private static void WriteTimes(PrometheusText text, TrafficSnapshot traffic)
    {
        const string Name = "wunderproxy_response_seconds";
        var times = traffic.ResponseTimes;
        text.Metric(Name, "summary", "Time of a whole exchange.")
            .Sample(Name, times.P50, ("quantile", "0.5"))
            .Sample(Name, times.P90, ("quantile", "0.9"))
            .Sample(Name, times.P99, ("quantile", "0.99"))
            .Sample(Name, times.P999, ("quantile", "0.999"))
            .Sample(Name + "_sum", traffic.TotalSeconds)
            .Sample(Name + "_count", traffic.Requests);
    }

    private static void WriteConnections(PrometheusText text, StatusFacts facts)
    {
        var forwarder = facts.Forwarder;
        const string Name = "wunderproxy_connections";
        var states = forwarder.Connections;
        text.Metric(Name, Gauge, "Client connections by state.")
            .Sample(Name, states.New, ("state", "new"))
            .Sample(Name, states.Active, ("state", "active"))
            .Sample(Name, states.Idle, ("state", "idle"))
            .Sample(Name, states.Upgraded, ("state", "upgraded"));
        text.Single("wunderproxy_accepted_total", Counter, "Connections accepted.", forwarder.AcceptedConnections);
        text.Single("wunderproxy_refused_total", Counter, "Of these, one too many.", forwarder.RefusedConnections);
        text.Single("wunderproxy_waiting", Gauge, "Requests that wait for a resume.", facts.Application.PausedRequests);
        text.Single(
            "wunderproxy_access_log_dropped_total", Counter, "Log lines lost.", forwarder.AccessLogDropped);
    }

    private static void WriteUpstream(PrometheusText text, StatusFacts facts)
    {
        if (facts.Application.Upstream is { } upstream)
        {
            var target = facts.Lifecycle.Current;
            text.Metric("wunderproxy_upstream_info", Gauge, "What is in service.").Sample(
                "wunderproxy_upstream_info",
                1,
                ("address", SocketAddressText.Format(upstream.EndPoint)),
                ("revision", target?.Revision ?? string.Empty),
                ("hash", target?.Hash ?? string.Empty));
            text.Single("wunderproxy_in_flight", Gauge, "Exchanges on the upstream.", upstream.InFlight.Total);
        }

        text.Single(
            "wunderproxy_draining_in_flight",
            Gauge,
            "Exchanges on earlier upstreams.",
            facts.Application.Draining.Sum(earlier => earlier.InFlight.Total));
    }

    private static void WriteFallback(PrometheusText text, FallbackSnapshot? fallback)
    {
        if (fallback is null)
        {
            return;
        }

        text.Single("wunderproxy_fallback_sent_total", Counter, "Requests that went to a peer.", fallback.Sent);
        text.Single("wunderproxy_fallback_failed_total", Counter, "No peer answered them.", fallback.Failed);
        text.Single("wunderproxy_fallback_over_budget_total", Counter, "Too many had gone.", fallback.OverBudget);
        text.Single("wunderproxy_fallback_received_total", Counter, "Requests that a peer sent.", fallback.Received);
        text.Single("wunderproxy_fallback_not_believed_total", Counter, "Said so, untruly.", fallback.NotBelieved);
        text.Single("wunderproxy_fallback_in_flight", Gauge, "Requests that are with peers.", fallback.InFlight);
        const string Reachable = "wunderproxy_peer_reachable";
        text.Metric(Reachable, Gauge, "1 while the last connect to the peer succeeded.");
        foreach (var peer in fallback.Peers)
        {
            text.Sample(Reachable, peer.LastConnectRefused ? 0 : 1, ("peer", SocketAddressText.Format(peer.EndPoint)));
        }
    }

    private static double Ok(string state) => state == "Ok" ? 1 : 0;
}
