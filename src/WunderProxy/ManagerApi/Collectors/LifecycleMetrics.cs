using WunderProxy.Deployments.Contracts;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>Revisions, switches, drains, the guard and the running operation.</summary>
internal static class LifecycleMetrics
{
    private static readonly string[] GuardStates =
    [
        GuardState.Watching, GuardState.Passed, GuardState.SwitchedBack, GuardState.Kept, GuardState.Superseded, GuardState.Failed,
    ];

    private const string Current = "current";
    private const string Down = "down";

    private static readonly string[] Kinds = ["launch", "switch", "deploy", "rollback", "retire", "start"];

    public static IEnumerable<MetricFamily> Of(StatusFacts facts) =>
    [
        .. ReleaseOf(facts),
        .. DrainsOf(facts),
        GuardOf(facts),
        OperationOf(facts),
        MetricFamily.Gauge("wunderproxy_engine_up", "1 while the Docker engine answers, else 0.")
            .Add(facts.Lifecycle.DockerState == "Ok" ? 1 : 0),
    ];

    private static IEnumerable<MetricFamily> ReleaseOf(StatusFacts facts)
    {
        var info = MetricFamily.Info(
            "wunderproxy_release_info", "Revision that should be in service, and others whose containers are there, in the labels.");
        var healthy = MetricFamily.Gauge(
            "wunderproxy_release_healthy", "1 while the probes of the revision in service succeed, else 0.");
        var switched = MetricFamily.Gauge(
            "wunderproxy_last_switch_timestamp_seconds", "When traffic was switched to the revision in service, in Unix time.");
        if ((facts.Lifecycle.Intended ?? facts.Lifecycle.Current) is { } release)
        {
            foreach (var view in ReleasesOf(facts.Lifecycle, release))
            {
                info.Add(
                    1,
                    new("app", facts.App),
                    new("config", view.Hash),
                    new("revision", view.Revision),
                    new("image_digest", view.ImageId),
                    new("state", view.State));
            }

            healthy.Add(
                facts.Lifecycle.Health == "healthy" ? 1 : 0, new("app", facts.App), new("revision", release.Revision));
        }

        if (facts.Lifecycle.Since is { } since)
        {
            switched.Add(since.ToUnixTimeMilliseconds() / 1000.0, new MetricLabel("app", facts.App));
        }

        return [info, healthy, switched];
    }

    /// <summary>Returns what should be in service first, then all others; each once, because equal labels are one series.</summary>
    private static IEnumerable<ReleaseView> ReleasesOf(LifecycleSnapshot lifecycle, TrafficTarget intended)
    {
        var image = lifecycle.Releases.FirstOrDefault(view => view.State is Current or Down && view.Hash == intended.Hash.Value)?.ImageId;
        var first = new ReleaseView(
            intended.Hash.Value, intended.Revision, image ?? string.Empty, lifecycle.Current is null ? Down : Current);
        return lifecycle.Releases.Where(view => view.State is not (Current or Down)).Prepend(first).Distinct();
    }

    private static IEnumerable<MetricFamily> DrainsOf(StatusFacts facts)
    {
        var started = MetricFamily.Gauge(
            "wunderproxy_drain_started_timestamp_seconds",
            "When an earlier upstream that still has exchanges or tunnels in flight stopped being current, in Unix time.");
        foreach (var drains in facts.Lifecycle.Draining.GroupBy(drain => drain.Revision, StringComparer.Ordinal))
        {
            started.Add(
                drains.Min(drain => drain.Since).ToUnixTimeMilliseconds() / 1000.0,
                new("app", facts.App),
                new("revision", drains.Key));
        }

        return
        [
            MetricFamily.Gauge(
                "wunderproxy_drain_active", "Earlier upstreams that still have exchanges or tunnels in flight.")
                .Add(facts.Lifecycle.Draining.Count, new MetricLabel("app", facts.App)),
            started,
        ];
    }

    private static MetricFamily GuardOf(StatusFacts facts)
    {
        var family = MetricFamily.Gauge(
            "wunderproxy_guard_state", "1 for the state of the latest guarded switch, 0 for the others; absent before the first.");
        if (facts.Lifecycle.Guard is { } guard)
        {
            foreach (var state in GuardStates)
            {
                family.Add(guard.State == state ? 1 : 0, new("app", facts.App), new("state", state));
            }
        }

        return family;
    }

    private static MetricFamily OperationOf(StatusFacts facts)
    {
        var family = MetricFamily.Gauge(
            "wunderproxy_operation_running", "1 while a changing operation of this kind is running, else 0.");
        foreach (var kind in Kinds)
        {
            family.Add(
                facts.Lifecycle.Operation?.Kind == kind ? 1 : 0, new("app", facts.App), new("operation", kind));
        }

        return family;
    }
}
