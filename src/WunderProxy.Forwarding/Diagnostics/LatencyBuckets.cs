using System.Numerics;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// The buckets of all latency histograms: up to 32 microseconds one for each, then 32 for each power of two, so that the
/// middle of a bucket is at most 1.6% away from any duration in it.
/// </summary>
internal static class LatencyBuckets
{
    /// <summary>Number of buckets for each power of two.</summary>
    public const int GroupSize = 1 << GroupBits;

    /// <summary>Number of groups, the first of which holds the durations below 32 microseconds.</summary>
    public const int GroupCount = MaxExponent - GroupBits + 2;

    /// <summary>Number of buckets that a duration may fall into.</summary>
    public const int Count = GroupCount * GroupSize;

    /// <summary>A longer duration counts as this one, in microseconds: 25 days.</summary>
    public const long MaxMicroseconds = (1L << (MaxExponent + 1)) - 1;

    private const int GroupBits = 5;

    private const int MaxExponent = 40;

    /// <summary>Returns the bucket of a duration in microseconds; a negative one counts as 0.</summary>
    public static int Of(long microseconds)
    {
        var value = (ulong)Math.Clamp(microseconds, 0, MaxMicroseconds);
        if (value < GroupSize)
        {
            return (int)value;
        }

        var exponent = BitOperations.Log2(value);
        var place = (int)(value >> (exponent - GroupBits)) & (GroupSize - 1);
        return ((exponent - GroupBits + 1) * GroupSize) + place;
    }

    /// <summary>Returns the longest duration of a bucket in microseconds.</summary>
    public static long UpperBoundOf(int bucket)
    {
        if (bucket < GroupSize)
        {
            return bucket;
        }

        var shift = ShiftOf(bucket);
        return ((long)(GroupSize + (bucket % GroupSize) + 1) << shift) - 1;
    }

    /// <summary>Returns the middle of a bucket in microseconds.</summary>
    public static double MiddleOf(int bucket)
    {
        if (bucket < GroupSize)
        {
            return bucket;
        }

        var lowest = (long)(GroupSize + (bucket % GroupSize)) << ShiftOf(bucket);
        return (lowest + UpperBoundOf(bucket)) / 2.0;
    }

    private static int ShiftOf(int bucket) => (bucket / GroupSize) - 1;
}
