namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Exact durations of requests, by what the requests have in common.</summary>
/// <param name="Sets">One for each set of labels that occurred, in no order.</param>
public sealed record RequestDurations(IReadOnlyList<RequestDuration> Sets)
{
    /// <summary>The durations of no request at all.</summary>
    public static RequestDurations None { get; } = new([]);

    /// <summary>Returns the requests of several together.</summary>
    public static RequestDurations Merge(IEnumerable<RequestDurations> durations)
    {
        ArgumentNullException.ThrowIfNull(durations);
        return new RequestDurations(
        [
            .. durations.SelectMany(part => part.Sets)
                .GroupBy(set => set.Labels)
                .Select(group => new RequestDuration(group.Key, BucketHistogram.Merge([.. group.Select(set => set.Seconds)]))),
        ]);
    }
}
