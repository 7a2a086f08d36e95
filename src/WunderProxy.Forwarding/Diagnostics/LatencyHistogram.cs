namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// How long exchanges took: a histogram that never changes, takes memory only for durations that occurred, and can be
/// added to others. What it says about a single duration is at most 2% wrong.
/// </summary>
public sealed class LatencyHistogram
{
    // A bucket takes at most two bytes for the distance and nine for the count.
    private const int MaxPairBytes = 11;

    private readonly byte[] _pairs;

    private LatencyHistogram(byte[] pairs, long count, long sumMicroseconds, long maxMicroseconds)
    {
        _pairs = pairs;
        Count = count;
        SumMicroseconds = sumMicroseconds;
        MaxMicroseconds = maxMicroseconds;
    }

    /// <summary>The histogram of no exchange at all.</summary>
    public static LatencyHistogram Empty { get; } = new([], 0, 0, 0);

    /// <summary>Number of exchanges that were counted.</summary>
    public long Count { get; }

    /// <summary>Sum of the durations in seconds, exact to the microsecond.</summary>
    public double SumSeconds => SumMicroseconds / 1e6;

    /// <summary>
    /// The longest duration in seconds, 0 if there is none; exact, but at most 2% wrong after <see cref="Since"/>.
    /// </summary>
    public double MaxSeconds => MaxMicroseconds / 1e6;

    /// <summary>The buckets that are not empty, shortest duration first.</summary>
    public IReadOnlyList<ResponseTimeCount> Buckets
    {
        get
        {
            var buckets = new List<ResponseTimeCount>();
            var reader = Read();
            while (reader.TryNext(out var bucket, out var count))
            {
                buckets.Add(new ResponseTimeCount(LatencyBuckets.UpperBoundOf(bucket) / 1e6, count));
            }

            return buckets;
        }
    }

    /// <summary>Bytes that the object takes in memory, about.</summary>
    internal int MemoryBytes => 64 + (_pairs.Length == 0 ? 0 : 24 + _pairs.Length);

    /// <summary>Sum of the durations in microseconds.</summary>
    internal long SumMicroseconds { get; }

    /// <summary>The longest duration in microseconds.</summary>
    internal long MaxMicroseconds { get; }

    /// <summary>Returns the histogram of all exchanges of several histograms.</summary>
    public static LatencyHistogram Merge(IEnumerable<LatencyHistogram> histograms)
    {
        ArgumentNullException.ThrowIfNull(histograms);
        var sum = LatencySum.Scratch();
        foreach (var histogram in histograms)
        {
            sum.Add(histogram);
        }

        return sum.ToHistogram();
    }

    /// <summary>Returns the exchanges that were counted after <paramref name="earlier"/>.</summary>
    /// <param name="earlier">An earlier state of the same counters.</param>
    public LatencyHistogram Since(LatencyHistogram earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        if (earlier.Count == 0)
        {
            return this;
        }

        var sum = LatencySum.Scratch();
        sum.Add(this);
        sum.Subtract(earlier);
        return sum.ToHistogram();
    }

    /// <summary>Returns the duration within which the given share of the exchanges ended, in seconds; 0 if there are none.</summary>
    /// <param name="share">From 0 to 1: 0.5 is the median, 1 the longest duration.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is none.</exception>
    public double Quantile(double share)
    {
        if (!(share is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "a share is between 0 and 1");
        }

        var rank = Math.Max(1, (long)Math.Ceiling(Count * share));
        if (rank >= Count)
        {
            return MaxSeconds;
        }

        long seen = 0;
        var reader = Read();
        while (reader.TryNext(out var bucket, out var count))
        {
            seen += count;
            if (seen >= rank)
            {
                return Math.Min(LatencyBuckets.MiddleOf(bucket), MaxMicroseconds) / 1e6;
            }
        }

        return MaxSeconds;
    }

    /// <summary>Returns the usual quantiles in seconds; all are 0 if nothing was counted.</summary>
    public ResponseTimes ToResponseTimes() =>
        new(Quantile(0.5), Quantile(0.9), Quantile(0.99), Quantile(0.999), MaxSeconds) { P95 = Quantile(0.95) };

    /// <summary>Returns a histogram of counts.</summary>
    /// <param name="counts">One count for each of <see cref="LatencyBuckets"/>.</param>
    /// <param name="sumMicroseconds">Sum of the durations in microseconds.</param>
    /// <param name="maxMicroseconds">The longest duration in microseconds.</param>
    internal static LatencyHistogram Of(ReadOnlySpan<long> counts, long sumMicroseconds, long maxMicroseconds)
    {
        Span<byte> bytes = stackalloc byte[MaxPairBytes * LatencyBuckets.Count];
        var written = 0;
        var before = -1;
        long total = 0;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            if (counts[bucket] <= 0)
            {
                continue;
            }

            written += LatencyReader.WriteNumber(bytes[written..], bucket - before);
            written += LatencyReader.WriteNumber(bytes[written..], counts[bucket]);
            before = bucket;
            total += counts[bucket];
        }

        return total == 0
            ? Empty
            : new LatencyHistogram(bytes[..written].ToArray(), total, sumMicroseconds, maxMicroseconds);
    }

    /// <summary>Reads the buckets that are not empty.</summary>
    internal LatencyReader Read() => new(_pairs);
}
