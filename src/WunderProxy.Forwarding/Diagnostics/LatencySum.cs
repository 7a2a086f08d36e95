namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Adds up histograms and counters bucket by bucket; used by one thread, again and again.</summary>
internal sealed class LatencySum
{
    [ThreadStatic]
    private static LatencySum? _scratch;

    private readonly long[] _counts = new long[LatencyBuckets.Count];
    private long _sumMicroseconds;
    private long _maxMicroseconds;

    /// <summary>Returns an empty sum, which is this thread's until the next call.</summary>
    public static LatencySum Scratch()
    {
        _scratch ??= new LatencySum();
        _scratch.Clear();
        return _scratch;
    }

    /// <summary>Removes everything added, so that the memory serves for the next sum.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        _sumMicroseconds = 0;
        _maxMicroseconds = 0;
    }

    /// <summary>Adds what a loop has counted so far.</summary>
    public void Add(LatencyCounter counter)
    {
        counter.AddTo(_counts);
        _sumMicroseconds += counter.SumMicroseconds;
        _maxMicroseconds = Math.Max(_maxMicroseconds, counter.MaxMicroseconds);
    }

    /// <summary>Adds the counts of one loop's histogram.</summary>
    public void Add(LatencyHistogram histogram)
    {
        var reader = histogram.Read();
        while (reader.TryNext(out var bucket, out var count))
        {
            _counts[bucket] += count;
        }

        _sumMicroseconds += histogram.SumMicroseconds;
        _maxMicroseconds = Math.Max(_maxMicroseconds, histogram.MaxMicroseconds);
    }

    /// <summary>Takes away an earlier state of what was added; no count falls below 0.</summary>
    public void Subtract(LatencyHistogram earlier)
    {
        var reader = earlier.Read();
        while (reader.TryNext(out var bucket, out var count))
        {
            _counts[bucket] = Math.Max(0, _counts[bucket] - count);
        }

        _sumMicroseconds = Math.Max(0, _sumMicroseconds - earlier.SumMicroseconds);
        if (_maxMicroseconds <= earlier.MaxMicroseconds)
        {
            // The longest one was before; the longest since is known by its bucket only.
            var longest = Array.FindLastIndex(_counts, count => count > 0);
            _maxMicroseconds = longest < 0
                ? 0
                : Math.Min(_maxMicroseconds, (long)Math.Ceiling(LatencyBuckets.MiddleOf(longest)));
        }
    }

    /// <summary>Returns what was added, as it is now.</summary>
    public LatencyHistogram ToHistogram() => LatencyHistogram.Of(_counts, _sumMicroseconds, _maxMicroseconds);
}
