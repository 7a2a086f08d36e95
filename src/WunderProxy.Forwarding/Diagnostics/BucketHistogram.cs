namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>How many values fell into each of some fixed buckets, exactly.</summary>
/// <param name="Bounds">Upper bounds of the buckets but the last one, which is unbounded; each belongs to its bucket.</param>
/// <param name="Counts">Number of values in each bucket, not cumulative; one more than there are bounds.</param>
/// <param name="Sum">Sum of the values.</param>
public sealed record BucketHistogram(IReadOnlyList<double> Bounds, IReadOnlyList<long> Counts, double Sum)
{
    /// <summary>Number of values in all buckets.</summary>
    public long Count => Counts.Sum();

    /// <summary>Returns the histogram of all values of several with the same bounds.</summary>
    /// <param name="histograms">At least one.</param>
    public static BucketHistogram Merge(IReadOnlyList<BucketHistogram> histograms)
    {
        ArgumentNullException.ThrowIfNull(histograms);
        var counts = new long[histograms[0].Counts.Count];
        foreach (var histogram in histograms)
        {
            for (var bucket = 0; bucket < counts.Length; bucket++)
            {
                counts[bucket] += histogram.Counts[bucket];
            }
        }

        return histograms[0] with { Counts = counts, Sum = histograms.Sum(histogram => histogram.Sum) };
    }
}
