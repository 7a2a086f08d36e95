namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// Keeps one kind of event from flooding the log. The first event is logged at once; later ones are counted and
/// summarised in one line per <see cref="Interval"/>, until an interval passes without any. Callable from any thread.
/// </summary>
public sealed class LogThrottle : IDisposable
{
    private readonly Action<long, object?> _writeSummary;
    private readonly ITimer _timer;

    // Number of events since the last line, including the event of that line; 0 if the next event is logged at once.
    private long _count;
    private object? _lastSubject;

    /// <summary>Creates a throttle that lets the next event through.</summary>
    /// <param name="clock">Clock that measures the interval.</param>
    /// <param name="writeSummary">
    /// Logs a summary, given the number of events left out and the subject of the last of them.
    /// </param>
    public LogThrottle(TimeProvider clock, Action<long, object?> writeSummary)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(writeSummary);
        _writeSummary = writeSummary;
        _timer = clock.CreateTimer(
            static throttle => ((LogThrottle)throttle!).OnInterval(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Time between two lines: short enough to watch, long enough that a fault of a day does not write a gigabyte.
    /// </summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Counts an event and decides whether the caller logs it.</summary>
    /// <returns>Whether the caller logs the event; otherwise the next summary includes it.</returns>
    public bool TryPass(object? subject)
    {
        if (Interlocked.Increment(ref _count) == 1)
        {
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
            return true;
        }

        Volatile.Write(ref _lastSubject, subject);
        return false;
    }

    /// <summary>Logs a summary of the events left out so far, if any.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        WriteSummary(Interlocked.Exchange(ref _count, 0) - 1);
    }

    private void OnInterval()
    {
        if (Interlocked.CompareExchange(ref _count, 0, 1) == 1)
        {
            // The interval was quiet. The event that next raises the count from 0 to 1 starts the timer again.
            return;
        }

        WriteSummary(Interlocked.Exchange(ref _count, 1) - 1);
        _timer.Change(Interval, Timeout.InfiniteTimeSpan);
    }

    private void WriteSummary(long leftOut)
    {
        if (leftOut > 0)
        {
            _writeSummary(leftOut, Volatile.Read(ref _lastSubject));
        }
    }
}
