using WunderProxy.Deployments.Contracts;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>Metrics of calls to the Docker engine and the object store; none for <c>forward</c>.</summary>
internal static class CallMetrics
{
    public static IEnumerable<MetricFamily> Of(string app, LifecycleCounts? counts) => counts is null ? [] :
    [
        TallyMetrics.Counter(
            "wunderproxy_engine_requests_total",
            "Requests to the Docker engine, by operation and result.",
            counts.EngineCalls,
            OperationAndResult),
        TallyMetrics.Histogram(
            "wunderproxy_engine_request_duration_seconds",
            "Time from a request to the Docker engine to the head of its answer.",
            counts.EngineCalls,
            OperationAndResult),
        TallyMetrics.Counter(
            "wunderproxy_store_operations_total",
            "Calls to the object store for launch configs, history and events, by operation and result.",
            counts.StoreCalls,
            OperationAndResult),
        TallyMetrics.Histogram(
            "wunderproxy_store_operation_duration_seconds",
            "Duration of calls to the object store for launch configs, history and events.",
            counts.StoreCalls,
            OperationAndResult),
        MetricFamily.Gauge(
            "wunderproxy_store_pending_writes",
            "Events and changes of the history that wait on this machine until the object store has them.")
            .Add(counts.PendingWrites, new MetricLabel("app", app)),
    ];

    private static MetricLabel[] OperationAndResult(string kind, string result) => [new("operation", kind), new("result", result)];
}
