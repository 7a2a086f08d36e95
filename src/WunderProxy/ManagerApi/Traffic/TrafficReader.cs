using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Statistics;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.Instance;

namespace WunderProxy.ManagerApi.Traffic;

/// <summary>
/// Reads what the series tell of an application. They change once a second; however often callers ask, the points are added
/// up no more often than that.
/// </summary>
/// <param name="statistics">The series.</param>
/// <param name="application">The application.</param>
/// <param name="traffic">Knows which upstream is which revision; null for <c>forward</c>.</param>
internal sealed class TrafficReader(
    StatisticsKeeper statistics, ProxyApplication application, UpstreamTrafficSwitch? traffic)
{
    private Reading? _latest;

    /// <summary>Returns what happened until the last full second.</summary>
    public TrafficView Read()
    {
        // Two callers at once may both read; either result is right.
        var current = application.Slot.Current;
        if (_latest is { } latest && latest.Count == statistics.ReadCount && ReferenceEquals(latest.Current, current))
        {
            return latest.View;
        }

        var fresh = new Reading(statistics.ReadCount, current, Create(current));
        _latest = fresh;
        return fresh.View;
    }

    private static string StateOf(Upstream upstream, Upstream? current) =>
        ReferenceEquals(upstream, current) ? "current" : upstream.InFlight > 0 ? "draining" : "previous";

    private TrafficView Create(Upstream? current)
    {
        var series = statistics.SeriesOf(application);
        var serving = current is null ? statistics.ServerSeries : statistics.SeriesOf(current);
        var revisions = statistics.UpstreamsOf(application)
            .OrderByDescending(upstream => ReferenceEquals(upstream, current))
            .ThenByDescending(upstream => upstream.Since)
            .Select(upstream => RevisionOf(upstream, current));
        return new TrafficView(WindowsView.Of(series), SecondsView.Of(series), [.. revisions], MinutesOf(serving));
    }

    private static IReadOnlyList<StatusMinute> MinutesOf(TrafficSeries series) =>
    [
        .. series.Read(SeriesWindow.Hour)
            .Where(point => point.Totals.Requests > 0)
            .Select(point => new StatusMinute(point.Start, ClassCounts.Of(point.Totals))),
    ];

    private RevisionView RevisionOf(Upstream upstream, Upstream? current)
    {
        var target = TargetOf(upstream);
        return new RevisionView(
            target?.Hash.Value ?? string.Empty,
            target?.Revision ?? string.Empty,
            StateOf(upstream, current),
            upstream.InFlight,
            WindowsView.Of(statistics.SeriesOf(upstream)));
    }

    private TrafficTarget? TargetOf(Upstream upstream) => traffic?.TargetOf(upstream);

    private sealed record Reading(long Count, Upstream? Current, TrafficView View);
}
