using WunderProxy.Forwarding.Statistics;

namespace WunderProxy.ManagerApi.Traffic;

/// <summary>The windows of time over which <c>/status</c> adds up.</summary>
/// <param name="Minute">The last 60 seconds.</param>
/// <param name="FiveMinutes">The last five minutes.</param>
/// <param name="Hour">The last 60 minutes.</param>
/// <param name="Day">The last 24 hours.</param>
internal sealed record WindowsView(WindowView Minute, WindowView FiveMinutes, WindowView Hour, WindowView Day)
{
    /// <summary>Adds up the points of a series.</summary>
    public static WindowsView Of(TrafficSeries series) => new(
        WindowView.Of(series.Read(SeriesWindow.LastMinute)),
        WindowView.Of(series.Read(SeriesWindow.FiveMinutes)),
        WindowView.Of(series.Read(SeriesWindow.Hour)),
        WindowView.Of(series.Read(SeriesWindow.Day)));
}
