using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>What the instance is and whether it can serve; whether engine and store answer.</summary>
internal static class StateMetrics
{
    public static IEnumerable<MetricFamily> Of(StatusFacts facts) =>
    [
        MetricFamily.Info("wunderproxy_build_info", "Version and application of this instance, in the labels.")
            .Add(1, new("version", facts.Version), new("app", facts.App)),
        MetricFamily.Gauge("wunderproxy_uptime_seconds", "Seconds since the process started.").Add(facts.Uptime.TotalSeconds),
        MetricFamily.Gauge("wunderproxy_available", "1 while /status answers 200, else 0.").Add(facts.IsAvailable ? 1 : 0),
        MetricFamily.Gauge("wunderproxy_paused", "1 while forwarding is paused and new requests wait, else 0.")
            .Add(facts.Application.IsPaused ? 1 : 0),
        MetricFamily.Gauge("wunderproxy_draining", "1 while load balancers are asked to leave, else 0.")
            .Add(facts.IsLeaving ? 1 : 0),
        MetricFamily.Gauge("wunderproxy_docker_ok", "1 while the Docker engine answers, else 0.")
            .Add(Ok(facts.Lifecycle.DockerState)),
        MetricFamily.Gauge("wunderproxy_store_ok", "1 while the object store answers, else 0.")
            .Add(Ok(facts.Lifecycle.StoreState)),
        MetricFamily.Counter(
            "wunderproxy_log_dropped_total",
            "Lines of the program's log dropped because the reader of the log was too slow.").Add(facts.LogDropped),
        MetricFamily.Gauge("wunderproxy_warnings", "Warnings in /status at present.").Add(facts.Warnings.Count),
    ];

    private static double Ok(string state) => state == "Ok" ? 1 : 0;
}
