using WunderProxy.Forwarding.Statistics;

namespace WunderProxy.ManagerApi.Page;

/// <summary>A stretch of time that the charts can show, up to the present.</summary>
/// <param name="Key">The value of <c>?window=</c>.</param>
/// <param name="Name">The length in words.</param>
/// <param name="Span">The length.</param>
/// <param name="Series">The window of the statistics.</param>
internal sealed record PageWindow(string Key, string Name, TimeSpan Span, SeriesWindow Series)
{
    /// <summary>The last five minutes, which the page shows first.</summary>
    public static PageWindow FiveMinutes { get; } = new("5m", "5 minutes", TimeSpan.FromMinutes(5), SeriesWindow.FiveMinutes);

    /// <summary>The last hour, in points of one minute.</summary>
    public static PageWindow Hour { get; } = new("1h", "1 hour", TimeSpan.FromHours(1), SeriesWindow.Hour);

    /// <summary>The last 24 hours, in points of one hour.</summary>
    public static PageWindow Day { get; } = new("24h", "24 hours", TimeSpan.FromHours(24), SeriesWindow.Day);

    /// <summary>All windows that the page can show, shortest first.</summary>
    public static IReadOnlyList<PageWindow> All { get; } = [FiveMinutes, Hour, Day];

    /// <summary>Returns the window of a key; the shortest one for any other text, since a link may be mistyped.</summary>
    public static PageWindow Of(string? key) => All.FirstOrDefault(window => window.Key == key) ?? FiveMinutes;
}
