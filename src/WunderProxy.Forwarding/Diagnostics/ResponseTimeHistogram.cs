using System.Numerics;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// A histogram of durations in microseconds with 16 buckets for each power of two, so that a quantile is at most 6% too
/// high. One loop writes; other threads may read figures that are a few exchanges old.
/// </summary>
internal sealed class ResponseTimeHistogram
{
    private const int SubBucketBits = 4;
    private const int SubBuckets = 1 << SubBucketBits;

    // 2^40 microseconds are 12 days.
    private const int MaxExponent = 40;
    private const int BucketCount = (MaxExponent - SubBucketBits + 2) * SubBuckets;

    private readonly long[] _counts = new long[BucketCount];
    private long _maxMicroseconds;

    /// <summary>Counts one duration; a negative value counts as 0.</summary>
    public void Record(long microseconds)
    {
        _counts[BucketOf(microseconds)]++;
        if (microseconds > _maxMicroseconds)
        {
            _maxMicroseconds = microseconds;
        }
    }

    /// <summary>Adds the counts of another histogram.</summary>
    public void Add(ResponseTimeHistogram other)
    {
        for (var bucket = 0; bucket < BucketCount; bucket++)
        {
            _counts[bucket] += other._counts[bucket];
        }

        _maxMicroseconds = Math.Max(_maxMicroseconds, other._maxMicroseconds);
    }

    /// <summary>Returns the usual quantiles in seconds; all are 0 if nothing was counted.</summary>
    public ResponseTimes ToResponseTimes()
    {
        var total = _counts.Sum();
        return new ResponseTimes(
            Quantile(total, 0.5),
            Quantile(total, 0.9),
            Quantile(total, 0.99),
            Quantile(total, 0.999),
            _maxMicroseconds / 1e6)
        {
            P95 = Quantile(total, 0.95),
        };
    }

    /// <summary>Returns the buckets that are not empty, shortest duration first.</summary>
    public IReadOnlyList<ResponseTimeCount> ToCounts() =>
    [
        .. Enumerable.Range(0, BucketCount)
            .Where(bucket => _counts[bucket] > 0)
            .Select(bucket => new ResponseTimeCount(UpperBoundOf(bucket) / 1e6, _counts[bucket])),
    ];

    private static int BucketOf(long microseconds)
    {
        var value = (ulong)Math.Clamp(microseconds, 0, (1L << (MaxExponent + 1)) - 1);
        if (value < SubBuckets)
        {
            return (int)value;
        }

        var exponent = BitOperations.Log2(value);
        var sub = (int)(value >> (exponent - SubBucketBits)) & (SubBuckets - 1);
        return ((exponent - SubBucketBits + 1) * SubBuckets) + sub;
    }

    private static long UpperBoundOf(int bucket)
    {
        if (bucket < SubBuckets)
        {
            return bucket;
        }

        var shift = (bucket / SubBuckets) - 1;
        return ((long)(SubBuckets + (bucket % SubBuckets) + 1) << shift) - 1;
    }

    private double Quantile(long total, double share)
    {
        if (total == 0)
        {
            return 0;
        }

        var rank = (long)Math.Ceiling(total * share);
        long seen = 0;
        for (var bucket = 0; bucket < BucketCount; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank)
            {
                return Math.Min(UpperBoundOf(bucket), _maxMicroseconds) / 1e6;
            }
        }

        return _maxMicroseconds / 1e6;
    }
}
