namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Counts values in fixed buckets. One loop writes; other threads may read counts that are a few values old.</summary>
/// <param name="bounds">Upper bounds of all buckets but the last one, ascending.</param>
internal sealed class BucketCounts(long[] bounds)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private long _sum;

    /// <summary>Counts one value in its bucket, and adds it to the sum.</summary>
    public void Count(long value)
    {
        // Most values are small: of common responses the first comparison is the last one.
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
        {
            bucket++;
        }

        _counts[bucket]++;
        _sum += value;
    }

    /// <summary>Returns the sum of several counts.</summary>
    /// <param name="parts">Counts with these bounds; those not made yet are null.</param>
    /// <param name="bounds">The bounds.</param>
    /// <param name="unit">How much of the unit that is told makes one of the counted: 1e-7 for ticks and seconds.</param>
    public static BucketHistogram Sum(IEnumerable<BucketCounts?> parts, long[] bounds, double unit)
    {
        var counts = new long[bounds.Length + 1];
        long sum = 0;
        foreach (var part in parts.OfType<BucketCounts>())
        {
            for (var bucket = 0; bucket < counts.Length; bucket++)
            {
                counts[bucket] += Volatile.Read(ref part._counts[bucket]);
            }

            sum += Volatile.Read(ref part._sum);
        }

        return new BucketHistogram([.. bounds.Select(bound => Math.Round(bound * unit, 9))], counts, sum * unit);
    }
}
