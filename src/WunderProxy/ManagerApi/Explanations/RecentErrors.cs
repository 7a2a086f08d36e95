using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Statistics;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>What the data plane counted in the last ten minutes.</summary>
/// <param name="Points">The minutes, oldest first.</param>
/// <param name="Failures">The failed exchanges, minute by minute.</param>
/// <param name="Revisions">Revisions by the labels of their upstreams.</param>
internal sealed record RecentErrors(
    IReadOnlyList<TrafficPoint> Points, IReadOnlyList<FailureCount> Failures, IReadOnlyDictionary<string, string> Revisions)
{
    /// <summary>How far back the numbers go: ten minutes, and what has passed of the present one.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Sums the minutes and groups the failures.</summary>
    public ErrorsView ToView(DateTimeOffset now)
    {
        var since = now - Window;
        var totals = TrafficTotals.Sum(Points.Select(point => point.Totals));
        return new ErrorsView
        {
            Since = since,
            Requests = totals.Requests,
            ServerErrors = totals.Status5xx,
            GatewayErrors = totals.GatewayErrors,
            ConnectsFailed = totals.ConnectsFailed,
            Retries = totals.Retries,
            Fallbacks = totals.Fallbacks,
            Groups =
            [
                .. Failures.GroupBy(failure => failure.Failure)
                    .Select(group => new ErrorGroup(
                        group.Key.Cause,
                        group.Key.Side,
                        group.Key.Phase,
                        group.Key.Status,
                        Revisions.GetValueOrDefault(group.Key.Upstream, ""),
                        group.Sum(failure => failure.Count),
                        group.Min(failure => failure.Minute),
                        group.Max(failure => failure.Minute)))
                    .OrderByDescending(group => group.Count),
            ],
        };
    }
}
