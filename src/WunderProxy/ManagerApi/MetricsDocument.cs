using System.Globalization;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>Which numbers Prometheus gets, and under which names. Counters count since the process started.</summary>
internal static class MetricsDocument
{
    private const string Gauge = "gauge";
    private const string Counter = "counter";

    /// <summary>Returns all metrics in the Prometheus text format.</summary>
    public static string Write(StatusFacts facts)
    {
        var text = new PrometheusText();
        WriteState(text, facts);
        WriteTraffic(text, facts.Forwarder.Total);
        WriteConnections(text, facts);
        WriteUpstream(text, facts);
        WriteBuffers(text, facts.Forwarder.Buffers);
        WriteFallback(text, facts.Forwarder.Fallback);
        WriteCertificates(text, facts.Certificates);
        TlsMetrics.Write(text, facts.Tls);
        return text.ToString();
    }

    private static void WriteState(PrometheusText text, StatusFacts facts)
    {
        text.Metric("wunderproxy_build_info", Gauge, "Version and application of this instance, in the labels.")
            .Sample("wunderproxy_build_info", 1, ("version", facts.Version), ("app", facts.App));
        text.Single(
            "wunderproxy_uptime_seconds",
            Gauge,
            "Seconds since the process started.",
            facts.Uptime.TotalSeconds);
        text.Single("wunderproxy_available", Gauge, "1 while /status answers 200, else 0.", facts.IsAvailable ? 1 : 0);
        text.Single(
            "wunderproxy_paused",
            Gauge,
            "1 while forwarding is paused and new requests wait, else 0.",
            facts.Application.IsPaused ? 1 : 0);
        text.Single(
            "wunderproxy_draining",
            Gauge,
            "1 while load balancers are asked to leave, else 0.",
            facts.IsLeaving ? 1 : 0);
        text.Single(
            "wunderproxy_docker_ok",
            Gauge,
            "1 while the Docker engine answers, else 0.",
            Ok(facts.Lifecycle.DockerState));
        text.Single(
            "wunderproxy_store_ok",
            Gauge,
            "1 while the object store answers, else 0.",
            Ok(facts.Lifecycle.StoreState));
        text.Single("wunderproxy_heap_bytes", Gauge, "Size of the managed heap in bytes.", facts.HeapSize);
        text.Single(
            "wunderproxy_log_dropped_total",
            Counter,
            "Lines of the program's log dropped because the reader of the log was too slow.",
            facts.LogDropped);
    }

    private static void WriteTraffic(PrometheusText text, TrafficSnapshot traffic)
    {
        text.Metric("wunderproxy_responses_total", Counter, "Responses by status code.");
        foreach (var (code, count) in traffic.Status.Codes.OrderBy(pair => pair.Key))
        {
            text.Sample("wunderproxy_responses_total", count, ("code", code.ToString(CultureInfo.InvariantCulture)));
        }

        text.Single(
            "wunderproxy_requests_total",
            Counter,
            "Requests that have ended, refused ones included.",
            traffic.Requests);
        text.Single(
            "wunderproxy_gateway_errors_total",
            Counter,
            "Responses with status 502 or 504 that the proxy made itself.",
            traffic.GatewayErrors);
        text.Single(
            "wunderproxy_aborted_total",
            Counter,
            "Exchanges whose response was cut off, by either side.",
            traffic.Aborted);
        text.Single("wunderproxy_received_bytes_total", Counter, "Bytes received from clients.", traffic.BytesIn);
        text.Single("wunderproxy_sent_bytes_total", Counter, "Bytes sent to clients.", traffic.BytesOut);
        WriteTimes(text, traffic);
    }

    private static void WriteTimes(PrometheusText text, TrafficSnapshot traffic)
    {
        const string Name = "wunderproxy_response_seconds";
        var times = traffic.ResponseTimes;
        text.Metric(Name, "summary", "Duration of exchanges in seconds, from request head to end of response.")
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
        text.Metric(Name, Gauge, "Open client connections by state.")
            .Sample(Name, states.New, ("state", "new"))
            .Sample(Name, states.Active, ("state", "active"))
            .Sample(Name, states.Idle, ("state", "idle"))
            .Sample(Name, states.Upgraded, ("state", "upgraded"));
        text.Single(
            "wunderproxy_accepted_total",
            Counter,
            "Client connections accepted.",
            forwarder.AcceptedConnections);
        text.Single(
            "wunderproxy_refused_total",
            Counter,
            "Client connections refused because of the connection limit.",
            forwarder.RefusedConnections);
        text.Single(
            "wunderproxy_waiting",
            Gauge,
            "Requests that wait because forwarding is paused.",
            facts.Application.PausedRequests);
        text.Single(
            "wunderproxy_access_log_dropped_total",
            Counter,
            "Access-log lines lost because their reader was too slow or failed.",
            forwarder.AccessLogDropped);
    }

    private static void WriteUpstream(PrometheusText text, StatusFacts facts)
    {
        if (facts.Application.Upstream is { } upstream)
        {
            var target = facts.Lifecycle.Current;
            text.Metric("wunderproxy_upstream_info", Gauge, "Upstream in service, described by the labels.").Sample(
                "wunderproxy_upstream_info",
                1,
                ("address", SocketAddressText.Format(upstream.EndPoint)),
                ("revision", target?.Revision ?? string.Empty),
                ("hash", target?.Hash.Value ?? string.Empty));
            text.Single(
                "wunderproxy_in_flight",
                Gauge,
                "Exchanges and tunnels in flight on the upstream in service.",
                upstream.InFlight.Total);
        }

        text.Single(
            "wunderproxy_draining_in_flight",
            Gauge,
            "Exchanges and tunnels in flight on earlier upstreams.",
            facts.Application.Draining.Sum(earlier => earlier.InFlight.Total));
    }

    private static void WriteBuffers(PrometheusText text, BufferSnapshot? buffers)
    {
        if (buffers is null)
        {
            return;
        }

        const string Bytes = "wunderproxy_buffer_bytes";
        const string Limit = "wunderproxy_buffer_limit_bytes";
        text.Metric(Bytes, Gauge, "Bytes held of responses that clients have not taken yet, in memory and in temporary files.")
            .Sample(Bytes, buffers.Memory, ("kind", "memory"))
            .Sample(Bytes, buffers.Disk, ("kind", "disk"));
        text.Metric(Limit, Gauge, "Most bytes that may be held of responses, in memory and in temporary files.")
            .Sample(Limit, buffers.MemoryLimit, ("kind", "memory"))
            .Sample(Limit, buffers.DiskLimit, ("kind", "disk"));
        text.Single(
            "wunderproxy_buffer_spills_total",
            Counter,
            "Responses that went to a temporary file because their clients were slow.",
            buffers.Spills);
    }

    private static void WriteFallback(PrometheusText text, FallbackSnapshot? fallback)
    {
        if (fallback is null)
        {
            return;
        }

        text.Single("wunderproxy_fallback_sent_total", Counter, "Requests sent to a peer.", fallback.Sent);
        text.Single("wunderproxy_fallback_failed_total", Counter, "Requests that no peer answered.", fallback.Failed);
        text.Single(
            "wunderproxy_fallback_over_budget_total",
            Counter,
            "Requests not sent to a peer because the fallback budget was used up.",
            fallback.OverBudget);
        text.Single(
            "wunderproxy_fallback_received_total",
            Counter,
            "Requests received from a peer.",
            fallback.Received);
        text.Single(
            "wunderproxy_fallback_not_believed_total",
            Counter,
            "Requests that claimed to come from a peer but had an invalid signature.",
            fallback.NotBelieved);
        text.Single("wunderproxy_fallback_in_flight", Gauge, "Requests being served by peers.", fallback.InFlight);
        const string Reachable = "wunderproxy_peer_reachable";
        text.Metric(Reachable, Gauge, "1 if the last connect to the peer succeeded or none was made, else 0.");
        foreach (var peer in fallback.Peers)
        {
            text.Sample(Reachable, peer.LastConnectRefused ? 0 : 1, ("peer", SocketAddressText.Format(peer.EndPoint)));
        }
    }

    private static void WriteCertificates(PrometheusText text, CertificateOrdersView? certificates)
    {
        if (certificates is null)
        {
            return;
        }

        const string Expiry = "wunderproxy_acme_certificate_expiry_timestamp_seconds";
        const string Failures = "wunderproxy_acme_order_failures";
        text.Metric(Expiry, Gauge, "End of the validity of the certificate ordered for a host, in Unix time.");
        foreach (var host in certificates.Hosts.Where(host => host.ValidUntil is not null))
        {
            text.Sample(Expiry, host.ValidUntil!.Value.ToUnixTimeSeconds(), ("host", host.Host));
        }

        text.Metric(Failures, Gauge, "Orders of a certificate that failed since the last success, by host.");
        foreach (var host in certificates.Hosts)
        {
            text.Sample(Failures, host.Failures, ("host", host.Host));
        }
    }

    private static double Ok(string state) => state == "Ok" ? 1 : 0;
}
