namespace WunderProxy.ManagerApi.Page;

/// <summary>The series behind the charts.</summary>
/// <param name="Revisions">What each revision served in the window, the current one first.</param>
/// <param name="Connections">The connections of the server over the window.</param>
/// <param name="Rates">Requests per second of the application over the window, whatever served them.</param>
/// <param name="Recent">What the application served in the last minute.</param>
internal sealed record PageSeries(
    IReadOnlyList<RevisionSeries> Revisions,
    IReadOnlyList<ConnectionPoint> Connections,
    IReadOnlyList<(DateTimeOffset At, double PerSecond)> Rates,
    RecentTraffic Recent)
{
    /// <summary>No series, before any was read.</summary>
    public static PageSeries Empty { get; } = new([], [], [], new RecentTraffic(0, null, null, null));
}
