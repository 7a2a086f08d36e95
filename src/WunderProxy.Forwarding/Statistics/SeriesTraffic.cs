using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Statistics;

/// <summary>The exchanges that ended within some time.</summary>
internal sealed record SeriesTraffic(TrafficTotals Totals, LatencyHistogram Latency)
{
    /// <summary>Returns the exchanges of both.</summary>
    public static SeriesTraffic? Merge(SeriesTraffic? first, SeriesTraffic? second) =>
        first is null ? second
        : second is null ? first
        : new SeriesTraffic(first.Totals + second.Totals, LatencyHistogram.Merge([first.Latency, second.Latency]));
}
