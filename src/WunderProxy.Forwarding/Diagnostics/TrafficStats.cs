namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// Counters of the exchanges that one loop served. Only that loop writes them, so that counting costs no interlocked
/// operation.
/// </summary>
/// <remarks>
/// Other threads read while the loop writes: each 64-bit read is whole, and a sum may be a few exchanges old.
/// </remarks>
internal sealed class TrafficStats
{
    /// <summary>Number of counted statuses, 0 to 999.</summary>
    public const int StatusCount = 1000;

    /// <summary>Number of minutes for which counts are kept.</summary>
    public const int MinuteCount = 60;

    /// <summary>Number of status classes, 0xx to 9xx.</summary>
    public const int ClassCount = 10;

    private readonly long[] _statuses = new long[StatusCount];
    private readonly long[] _minuteClasses = new long[MinuteCount * ClassCount];
    private readonly long[] _minutes = new long[MinuteCount];
    private readonly ResponseTimeHistogram _times = new();
    private long _requests;
    private long _totalMicroseconds;
    private long _bytesIn;
    private long _bytesOut;
    private long _gatewayErrors;
    private long _aborted;

    /// <summary>Number of exchanges that ended; readable from any thread.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Counts an exchange that ended.</summary>
    /// <param name="status">Status of the response; 499 if the client left before it got one.</param>
    /// <param name="microseconds">Duration of the exchange in microseconds.</param>
    /// <param name="minute">Wall-clock time in minutes since 1970.</param>
    public void CountExchange(int status, long microseconds, long minute)
    {
        _requests++;
        _totalMicroseconds += microseconds;
        _statuses[status]++;
        _times.Record(microseconds);
        var slot = (int)(minute % MinuteCount);
        if (_minutes[slot] != minute)
        {
            _minutes[slot] = minute;
            Array.Clear(_minuteClasses, slot * ClassCount, ClassCount);
        }

        _minuteClasses[(slot * ClassCount) + (status / 100)]++;
    }

    /// <summary>Counts bytes received from and sent to clients.</summary>
    public void CountBytes(long bytesIn, long bytesOut)
    {
        _bytesIn += bytesIn;
        _bytesOut += bytesOut;
    }

    /// <summary>Counts a 502 or 504 that the proxy made itself.</summary>
    public void CountGatewayError() => _gatewayErrors++;

    /// <summary>Counts a response that was cut off.</summary>
    public void CountAborted() => _aborted++;

    /// <summary>Sums the counters of several loops.</summary>
    /// <param name="parts">The counters, one for each loop.</param>
    /// <param name="nowMinute">
    /// Current time in minutes since 1970; the report covers the 60 minutes up to this one.
    /// </param>
    public static TrafficSnapshot Sum(IEnumerable<TrafficStats> parts, long nowMinute)
    {
        var sum = new TrafficStats();
        var minutes = new SortedDictionary<long, long[]>();
        foreach (var part in parts)
        {
            sum.Add(part);
            part.AddMinutes(minutes, nowMinute);
        }

        return sum.ToSnapshot(minutes);
    }

    private static Dictionary<string, long> ClassesOf(long[] counts)
    {
        var classes = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var index = 0; index < counts.Length; index++)
        {
            if (counts[index] > 0)
            {
                classes.Add($"{index}xx", counts[index]);
            }
        }

        return classes;
    }

    private void Add(TrafficStats part)
    {
        _requests += part._requests;
        _totalMicroseconds += part._totalMicroseconds;
        _bytesIn += part._bytesIn;
        _bytesOut += part._bytesOut;
        _gatewayErrors += part._gatewayErrors;
        _aborted += part._aborted;
        _times.Add(part._times);
        for (var status = 0; status < StatusCount; status++)
        {
            _statuses[status] += part._statuses[status];
        }
    }

    private void AddMinutes(SortedDictionary<long, long[]> minutes, long nowMinute)
    {
        for (var slot = 0; slot < MinuteCount; slot++)
        {
            var minute = _minutes[slot];
            if (minute == 0 || minute > nowMinute || minute <= nowMinute - MinuteCount)
            {
                continue;
            }

            if (!minutes.TryGetValue(minute, out var classes))
            {
                minutes.Add(minute, classes = new long[ClassCount]);
            }

            for (var index = 0; index < ClassCount; index++)
            {
                classes[index] += _minuteClasses[(slot * ClassCount) + index];
            }
        }
    }

    private TrafficSnapshot ToSnapshot(SortedDictionary<long, long[]> minutes)
    {
        var classes = new long[ClassCount];
        var codes = new Dictionary<int, long>();
        for (var status = 0; status < StatusCount; status++)
        {
            if (_statuses[status] > 0)
            {
                codes.Add(status, _statuses[status]);
                classes[status / 100] += _statuses[status];
            }
        }

        var perMinute = minutes
            .Select(entry => new StatusMinute(DateTimeOffset.FromUnixTimeSeconds(entry.Key * 60), ClassesOf(entry.Value)))
            .ToArray();
        return new TrafficSnapshot(
            _requests,
            _totalMicroseconds / 1e6,
            _times.ToResponseTimes(),
            new StatusCounts(ClassesOf(classes), codes, perMinute),
            _bytesIn,
            _bytesOut,
            _gatewayErrors,
            _aborted)
        {
            TimeCounts = _times.ToCounts(),
        };
    }
}
