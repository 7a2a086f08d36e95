using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Statistics;

/// <summary>Fills a series: compares the counters of the loops with those of a second before. Used by one thread.</summary>
internal sealed class SeriesSource(SeriesClock clock)
{
    private TrafficTotals _totals;
    private LatencyHistogram _latency = LatencyHistogram.Empty;

    /// <summary>The series to which each second is added.</summary>
    public TrafficSeries Series { get; } = new(clock);

    /// <summary>Reads the counters at the end of a second.</summary>
    /// <param name="parts">The counters, which never go back.</param>
    /// <param name="gauges">What is in flight and waits.</param>
    /// <param name="server">What the server holds; null for applications and upstreams.</param>
    /// <param name="scratch">For sums; its content is lost.</param>
    public void Read(IEnumerable<TrafficStats> parts, SeriesGauges gauges, ServerGauges? server, LatencySum scratch)
    {
        var totals = default(TrafficTotals);
        scratch.Clear();
        foreach (var part in parts)
        {
            totals += part.ReadTotals();
            part.AddTimesTo(scratch);
        }

        var traffic = totals == _totals ? null : TrafficSince(totals, scratch);
        if (traffic is not null || gauges != default || server is { IsEmpty: false })
        {
            Series.Add(clock.Last, new SeriesItem(traffic, gauges, server));
        }
        else
        {
            Series.Tidy(clock.Last);
        }
    }

    private SeriesTraffic TrafficSince(TrafficTotals totals, LatencySum sum)
    {
        var latency = sum.ToHistogram();
        var traffic = new SeriesTraffic(totals - _totals, latency.Since(_latency));
        _totals = totals;
        _latency = latency;
        return traffic;
    }
}
