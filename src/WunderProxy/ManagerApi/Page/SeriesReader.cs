using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Statistics;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.Instance;

namespace WunderProxy.ManagerApi.Page;

/// <summary>Reads the series of the charts from the statistics of the data plane.</summary>
internal static class SeriesReader
{
    /// <summary>Number of earlier revisions drawn beside the one in service.</summary>
    private const int MostEarlier = 2;

    /// <summary>Number of seconds over which the present rate is taken.</summary>
    private const int RateSeconds = 10;

    /// <summary>Returns what an application and its upstreams served in a window.</summary>
    /// <param name="statistics">The statistics of the server.</param>
    /// <param name="application">The application.</param>
    /// <param name="traffic">The revisions behind the upstreams; null where there are none, as for <c>forward</c>.</param>
    /// <param name="window">The window.</param>
    public static PageSeries Read(
        StatisticsKeeper statistics, ProxyApplication application, UpstreamTrafficSwitch? traffic, PageWindow window)
    {
        var whole = statistics.SeriesOf(application);
        var server = statistics.ServerSeries.Read(window.Series);
        return new PageSeries(
            RevisionsOf(statistics, application.Slot.Current, traffic, window.Series),
            [.. server.Select(point => new ConnectionPoint(EndOf(point), point.Connections.Total, point.InFlight))],
            [.. whole.Read(window.Series).Select(point => (EndOf(point), point.RequestsPerSecond))],
            RecentOf(whole.Read(SeriesWindow.LastMinute)));
    }

    private static List<RevisionSeries> RevisionsOf(
        StatisticsKeeper statistics, Upstream? current, UpstreamTrafficSwitch? traffic, SeriesWindow window)
    {
        List<RevisionSeries> revisions = [];
        if (current is not null)
        {
            revisions.Add(new(traffic?.Current?.Revision ?? string.Empty, IsCurrent: true, PointsOf(statistics.SeriesOf(current).Read(window), isCurrent: true)));
        }

        foreach (var earlier in traffic?.Previous ?? [])
        {
            var points = statistics.SeriesOf(earlier.Upstream).Read(window);
            if (revisions.Count(series => !series.IsCurrent) < MostEarlier && points.Any(point => point.Totals.Requests > 0))
            {
                revisions.Add(new(NameOf(earlier.Target.Revision, revisions), IsCurrent: false, PointsOf(points, isCurrent: false)));
            }
        }

        return revisions;
    }

    /// <summary>A revision that was in service twice has two lines.</summary>
    private static string NameOf(string revision, List<RevisionSeries> others) =>
        others.Exists(series => series.Name == revision) ? $"{revision}, before" : revision;

    /// <summary>Leaves out the time before the first request, and after the last one of an earlier revision.</summary>
    private static SeriesPoint[] PointsOf(IReadOnlyList<TrafficPoint> points, bool isCurrent)
    {
        var used = points.Index().Where(item => item.Item.Totals.Requests > 0 || item.Item.InFlightMax > 0).Select(item => item.Index).ToArray();
        return used.Length == 0 ? [] : [.. points.Take(isCurrent ? points.Count : used[^1] + 1).Skip(used[0]).Select(PointOf)];
    }

    private static SeriesPoint PointOf(TrafficPoint point) => new(
        EndOf(point),
        point.Length.TotalSeconds,
        point.Totals.Requests,
        point.Totals.Status5xx,
        point.Totals.Requests > 0 ? point.Latency.Quantile(0.5) : null,
        point.Totals.Requests > 0 ? point.Latency.Quantile(0.99) : null);

    private static RecentTraffic RecentOf(IReadOnlyList<TrafficPoint> seconds)
    {
        var requests = seconds.Sum(point => point.Totals.Requests);
        var rate = seconds.TakeLast(RateSeconds).Sum(point => point.Totals.Requests) / (double)RateSeconds;
        if (requests == 0)
        {
            return new RecentTraffic(rate, null, null, null);
        }

        var latency = Forwarding.Diagnostics.LatencyHistogram.Merge(seconds.Select(point => point.Latency));
        var errors = seconds.Sum(point => point.Totals.Status5xx);
        return new RecentTraffic(rate, (double)errors / requests, latency.Quantile(0.5), latency.Quantile(0.99));
    }

    private static DateTimeOffset EndOf(TrafficPoint point) => point.Start + point.Length;
}
