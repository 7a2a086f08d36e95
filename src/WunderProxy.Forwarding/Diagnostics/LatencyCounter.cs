namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// Counts durations in microseconds by <see cref="LatencyBuckets"/>. One loop writes; other threads may read figures that
/// are a few exchanges old. Memory is taken only for the powers of two that occur.
/// </summary>
internal sealed class LatencyCounter
{
    private readonly long[]?[] _groups = new long[]?[LatencyBuckets.GroupCount];
    private long _sumMicroseconds;
    private long _maxMicroseconds;

    /// <summary>Sum of the durations in microseconds.</summary>
    public long SumMicroseconds => Volatile.Read(ref _sumMicroseconds);

    /// <summary>The longest duration in microseconds.</summary>
    public long MaxMicroseconds => Volatile.Read(ref _maxMicroseconds);

    /// <summary>Counts one duration; a negative value counts as 0.</summary>
    public void Record(long microseconds)
    {
        var bucket = LatencyBuckets.Of(microseconds);
        var group = _groups[bucket / LatencyBuckets.GroupSize] ?? NewGroup(bucket / LatencyBuckets.GroupSize);
        group[bucket % LatencyBuckets.GroupSize]++;
        _sumMicroseconds += Math.Clamp(microseconds, 0, LatencyBuckets.MaxMicroseconds);
        if (microseconds > _maxMicroseconds)
        {
            _maxMicroseconds = microseconds;
        }
    }

    /// <summary>Adds the counts to those of all buckets.</summary>
    /// <param name="counts">One count for each bucket.</param>
    public void AddTo(Span<long> counts)
    {
        for (var group = 0; group < _groups.Length; group++)
        {
            if (Volatile.Read(ref _groups[group]) is not { } part)
            {
                continue;
            }

            var target = counts.Slice(group * LatencyBuckets.GroupSize, LatencyBuckets.GroupSize);
            for (var place = 0; place < part.Length; place++)
            {
                target[place] += part[place];
            }
        }
    }

    private long[] NewGroup(int group)
    {
        var part = new long[LatencyBuckets.GroupSize];
        Volatile.Write(ref _groups[group], part);
        return part;
    }
}
