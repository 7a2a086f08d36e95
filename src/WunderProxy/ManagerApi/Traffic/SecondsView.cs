using WunderProxy.Forwarding.Statistics;

namespace WunderProxy.ManagerApi.Traffic;

/// <summary>The last 60 seconds one by one, the oldest first, for small charts.</summary>
/// <param name="Requests">Number of exchanges that ended.</param>
/// <param name="Errors">Number of exchanges with a status from 500 on.</param>
/// <param name="P50">Median of the durations in seconds, 0 for a second in which nothing ended.</param>
/// <param name="P99">99% of the exchanges took at most this long, in seconds.</param>
/// <param name="InFlight">Exchanges in flight at the end of the second.</param>
internal sealed record SecondsView(
    IReadOnlyList<long> Requests,
    IReadOnlyList<long> Errors,
    IReadOnlyList<double> P50,
    IReadOnlyList<double> P99,
    IReadOnlyList<int> InFlight)
{
    /// <summary>Reads the last minute of a series.</summary>
    public static SecondsView Of(TrafficSeries series)
    {
        var points = series.Read(SeriesWindow.LastMinute);
        return new SecondsView(
            [.. points.Select(point => point.Totals.Requests)],
            [.. points.Select(point => point.Totals.Status5xx)],
            [.. points.Select(point => Math.Round(point.Latency.Quantile(0.5), 6))],
            [.. points.Select(point => Math.Round(point.Latency.Quantile(0.99), 6))],
            [.. points.Select(point => point.InFlight)]);
    }
}
