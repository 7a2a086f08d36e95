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

    /// <summary>Status of an exchange whose client left before it got a response; as nginx logs it.</summary>
    public const int ClientClosedStatus = 499;

    private const int ClassSize = 100;

    private readonly StatusTable _statuses = new();
    private readonly LatencyCounter _times = new();
    private readonly long[] _connectsFailed = new long[Enum.GetValues<ConnectFailure>().Length];
    private DurationTable? _durations;
    private BucketCounts? _requestBodies;
    private BucketCounts? _responseBodies;
    private BucketCounts? _upstreamHead;
    private BucketCounts? _upstreamEnd;
    private BucketCounts? _overhead;
    private BucketCounts? _queueWait;
    private long _requests;
    private long _bytesIn;
    private long _bytesOut;
    private long _gatewayErrors;
    private long _aborted;
    private long _retries;
    private long _staleConnections;
    private long _fallbacks;

    /// <summary>Number of exchanges that ended; readable from any thread.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>The exact durations of requests by their labels.</summary>
    public DurationTable Durations => _durations ??= new DurationTable();

    /// <summary>Counts an exchange that ended.</summary>
    /// <param name="status">Status of the response; 499 if the client left before it got one.</param>
    /// <param name="microseconds">Duration of the exchange in microseconds.</param>
    public void CountExchange(int status, long microseconds)
    {
        _requests++;
        _statuses.Count(status);
        _times.Record(microseconds);
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

    /// <summary>Counts a connect to the upstream that failed.</summary>
    public void CountConnectFailed(ConnectFailure reason) => _connectsFailed[(int)reason]++;

    /// <summary>Counts a request that is sent once more, on another connection.</summary>
    public void CountRetry() => _retries++;

    /// <summary>Counts a connection that was used again and had been closed by the upstream.</summary>
    public void CountStaleConnection() => _staleConnections++;

    /// <summary>Counts the sizes of the two bodies of an exchange in bytes.</summary>
    public void CountBodies(long requestBytes, long responseBytes)
    {
        (_requestBodies ??= new BucketCounts(BucketBounds.SizeBytes)).Count(requestBytes);
        (_responseBodies ??= new BucketCounts(BucketBounds.SizeBytes)).Count(responseBytes);
    }

    /// <summary>Counts the time from a request sent to the head of its response, in microseconds.</summary>
    public void CountUpstreamHead(long microseconds) =>
        (_upstreamHead ??= new BucketCounts(BucketBounds.DurationMicroseconds)).Count(microseconds);

    /// <summary>Counts the time from a request sent to the end of its response, in microseconds.</summary>
    public void CountUpstreamEnd(long microseconds) =>
        (_upstreamEnd ??= new BucketCounts(BucketBounds.DurationMicroseconds)).Count(microseconds);

    /// <summary>Counts the time that the proxy added to a request, in microseconds.</summary>
    public void CountOverhead(long microseconds) =>
        (_overhead ??= new BucketCounts(BucketBounds.OverheadMicroseconds)).Count(microseconds);

    /// <summary>Counts the time that a request waited for the end of a pause, in microseconds.</summary>
    public void CountQueueWait(long microseconds) =>
        (_queueWait ??= new BucketCounts(BucketBounds.DurationMicroseconds)).Count(microseconds);

    /// <summary>Counts a request that is sent to a peer.</summary>
    public void CountFallback() => _fallbacks++;

    /// <summary>Sums the counters of several loops.</summary>
    /// <param name="parts">The counters, one for each loop.</param>
    public static TrafficSnapshot Sum(IEnumerable<TrafficStats> parts)
    {
        var statuses = new long[StatusCount];
        var times = new LatencySum();
        var totals = default(TrafficTotals);
        foreach (var part in parts)
        {
            part._statuses.AddTo(statuses);
            part.AddTimesTo(times);
            totals += part.ReadTotals();
        }

        var latency = times.ToHistogram();
        return new TrafficSnapshot(
            totals.Requests,
            latency.SumSeconds,
            latency.ToResponseTimes(),
            CountsOf(statuses),
            totals.BytesIn,
            totals.BytesOut,
            totals.GatewayErrors,
            totals.Aborted)
        {
            Latency = latency,
            ConnectsFailed = totals.ConnectsFailed,
            Retries = totals.Retries,
            Fallbacks = totals.Fallbacks,
        };
    }

    /// <summary>Sums what programs that collect metrics want to know.</summary>
    /// <param name="parts">The counters, one for each loop.</param>
    public static TrafficCounters SumCounters(IEnumerable<TrafficStats> parts)
    {
        const double Microseconds = 1e-6;
        TrafficStats[] all = [.. parts];
        return new TrafficCounters
        {
            Durations = DurationTable.Sum(all.Select(part => part._durations).OfType<DurationTable>()),
            ConnectFailures = Enum.GetValues<ConnectFailure>()
                .ToDictionary(reason => reason, reason => all.Sum(part => part._connectsFailed[(int)reason])),
            Retries = all.Sum(part => part._retries),
            StaleConnections = all.Sum(part => part._staleConnections),
            RequestBodies = BucketCounts.Sum(all.Select(part => part._requestBodies), BucketBounds.SizeBytes, 1),
            ResponseBodies = BucketCounts.Sum(all.Select(part => part._responseBodies), BucketBounds.SizeBytes, 1),
            UpstreamHead = BucketCounts.Sum(
                all.Select(part => part._upstreamHead), BucketBounds.DurationMicroseconds, Microseconds),
            UpstreamEnd = BucketCounts.Sum(
                all.Select(part => part._upstreamEnd), BucketBounds.DurationMicroseconds, Microseconds),
            Overhead = BucketCounts.Sum(
                all.Select(part => part._overhead), BucketBounds.OverheadMicroseconds, Microseconds),
            QueueWait = BucketCounts.Sum(
                all.Select(part => part._queueWait), BucketBounds.DurationMicroseconds, Microseconds),
        };
    }

    /// <summary>Returns all counters but those of the durations.</summary>
    public TrafficTotals ReadTotals()
    {
        Span<long> statuses = stackalloc long[StatusCount];
        statuses.Clear();
        _statuses.AddTo(statuses);
        return new TrafficTotals
        {
            Requests = Requests,
            Status1xx = ClassOf(statuses, 1),
            Status2xx = ClassOf(statuses, 2),
            Status3xx = ClassOf(statuses, 3),
            Status4xx = ClassOf(statuses, 4),
            Status5xx = ClassOf(statuses, 5),
            ClientClosed = statuses[ClientClosedStatus],
            GatewayErrors = Volatile.Read(ref _gatewayErrors),
            Aborted = Volatile.Read(ref _aborted),
            BytesIn = Volatile.Read(ref _bytesIn),
            BytesOut = Volatile.Read(ref _bytesOut),
            ConnectsFailed = _connectsFailed.Sum(),
            Retries = Volatile.Read(ref _retries),
            Fallbacks = Volatile.Read(ref _fallbacks),
        };
    }

    /// <summary>Adds the durations of all exchanges of this loop to a sum.</summary>
    public void AddTimesTo(LatencySum sum) => sum.Add(_times);

    private static long ClassOf(ReadOnlySpan<long> statuses, int number)
    {
        long sum = 0;
        foreach (var count in statuses.Slice(number * ClassSize, ClassSize))
        {
            sum += count;
        }

        return sum;
    }

    private static StatusCounts CountsOf(long[] statuses)
    {
        var classes = new Dictionary<string, long>(StringComparer.Ordinal);
        var codes = new Dictionary<int, long>();
        for (var number = 0; number < StatusCounts.MaxClasses; number++)
        {
            if (ClassOf(statuses, number) is > 0 and var count)
            {
                classes.Add($"{number}xx", count);
            }
        }

        for (var status = 0; status < StatusCount; status++)
        {
            if (statuses[status] > 0)
            {
                codes.Add(status, statuses[status]);
            }
        }

        return new StatusCounts(classes, codes, []);
    }
}
