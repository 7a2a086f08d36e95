using System.Globalization;

namespace WunderProxy.LoadClient;

/// <summary>The result of a load run.</summary>
/// <param name="Sent">Requests sent.</param>
/// <param name="Answered">Requests that got a complete and correct answer.</param>
/// <param name="Encoded">How many of the answers were compressed.</param>
/// <param name="Failures">Connect errors, resets, time-outs, statuses that are not 200, short or wrong bodies.</param>
/// <param name="Stale">Requests sent after a switch call had returned, and answered by an old revision.</param>
/// <param name="Revisions">Number of answers by revision.</param>
/// <param name="Duration">Duration of the run.</param>
/// <param name="P50">Half of the response times were at most this long.</param>
/// <param name="P99">99% of the response times were at most this long.</param>
/// <param name="Max">The longest response time.</param>
/// <param name="Descriptions">The first failures of each worker, in words.</param>
public sealed record LoadReport(
    long Sent,
    long Answered,
    long Encoded,
    IReadOnlyDictionary<FailureKind, long> Failures,
    long Stale,
    IReadOnlyDictionary<string, long> Revisions,
    TimeSpan Duration,
    TimeSpan P50,
    TimeSpan P99,
    TimeSpan Max,
    IReadOnlyList<string> Descriptions)
{
    public long Failed => Failures.Values.Sum();

    public double RequestsPerSecond => Sent / Duration.TotalSeconds;

    /// <summary>Returns the figures in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"sent {Sent}, answered {Answered} ({Encoded} compressed), failed {Failed}, stale {Stale}; {RequestsPerSecond:F0} requests/s for {Duration.TotalSeconds:F1} s; response time p50 {P50.TotalMilliseconds:F1} ms, p99 {P99.TotalMilliseconds:F1} ms, max {Max.TotalMilliseconds:F0} ms");

    internal static LoadReport Sum(IReadOnlyCollection<LoadTally> tallies, TimeSpan duration)
    {
        var times = tallies.SelectMany(tally => tally.ResponseTimes).Order().ToArray();
        return new LoadReport(
            tallies.Sum(tally => tally.Sent),
            tallies.Sum(tally => tally.Answered),
            tallies.Sum(tally => tally.Encoded),
            Merge(tallies.Select(tally => tally.Failures)),
            tallies.Sum(tally => tally.Stale),
            Merge(tallies.Select(tally => tally.Revisions)),
            duration,
            Quantile(times, 0.5),
            Quantile(times, 0.99),
            Quantile(times, 1),
            [.. tallies.SelectMany(tally => tally.Descriptions)]);
    }

    private static Dictionary<TKey, long> Merge<TKey>(IEnumerable<Dictionary<TKey, long>> counts)
        where TKey : notnull =>
        counts.SelectMany(count => count).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value));

    private static TimeSpan Quantile(long[] sorted, double share) =>
        sorted.Length == 0 ? TimeSpan.Zero : new TimeSpan(sorted[int.Min(sorted.Length - 1, (int)(sorted.Length * share))]);
}
