using WunderProxy.Deployments.Contracts;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>Launches, switches, drains and health checks since the process started; nothing for <c>forward</c>.</summary>
internal static class SwitchMetrics
{
    public static IEnumerable<MetricFamily> Of(string app, TrafficFacts facts) => facts.Lifecycle is null ? [] :
    [
        .. SwitchesOf(app, facts.Lifecycle, facts.Epoch),
        TallyMetrics.Histogram(
            "wunderproxy_launch_duration_seconds",
            "Duration of launches that started a container or were to, by phase and result; phase total is the whole launch.",
            facts.Lifecycle.Launches,
            (phase, result) => [new("app", app), new("phase", phase), new("result", result)]),
        .. DrainsOf(app, facts.Lifecycle),
        .. ProbesOf(app, facts.Lifecycle),
    ];

    private static IEnumerable<MetricFamily> SwitchesOf(string app, LifecycleCounts counts, long? epoch)
    {
        var family = MetricFamily.Gauge(
            "wunderproxy_switch_epoch", "Number of times that traffic was given to another container since the process started.");
        if (epoch is { } number)
        {
            family.Add(number, new MetricLabel("app", app));
        }

        return
        [
            TallyMetrics.Counter(
                "wunderproxy_switch_total",
                "Operations that were to switch traffic, by type and result.",
                counts.Switches,
                (type, result) => [new("app", app), new("type", type), new("result", result)]),
            family,
            TallyMetrics.Counter(
                "wunderproxy_auto_rollbacks_total",
                "Switches that the guard undid because the new revision was clearly worse, by reason.",
                counts.GuardRollbacks,
                (reason, _) => [new("app", app), new("reason", reason)]),
        ];
    }

    private static IEnumerable<MetricFamily> DrainsOf(string app, LifecycleCounts counts) =>
    [
        TallyMetrics.Histogram(
            "wunderproxy_drain_duration_seconds",
            "Time from a switch until the earlier upstream had nothing in flight, by how the drain ended.",
            counts.Drains,
            (result, _) => [new("app", app), new("result", result)]),
        TallyMetrics.Counter(
            "wunderproxy_drain_aborted_total",
            "Exchanges and tunnels that drains cut off at a deadline or because a caller ended the drain, by class.",
            counts.CutOff,
            (kind, _) => [new("app", app), new("class", kind)]),
    ];

    private static IEnumerable<MetricFamily> ProbesOf(string app, LifecycleCounts counts)
    {
        const string Healthy = "ok";
        return
        [
            TallyMetrics.Histogram(
                "wunderproxy_health_check_duration_seconds",
                "Duration of health checks of containers, by revision and reason; reason ok means healthy.",
                counts.Probes,
                Labels),
            TallyMetrics.Counter(
                "wunderproxy_health_check_failures_total",
                "Health checks of containers that failed, by revision and reason.",
                [.. counts.Probes.Where(probe => probe.Result != Healthy)],
                Labels),
        ];

        MetricLabel[] Labels(string revision, string reason) => [new("app", app), new("revision", revision), new("reason", reason)];
    }
}
