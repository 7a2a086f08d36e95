namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// Keeps one kind of event from flooding the log: the first is written at once; those that follow are counted, and told
/// in one line per <see cref="Interval"/> until an interval passes without any. Callable from any thread.
/// </summary>
public sealed class LogThrottle : IDisposable
{
    private readonly Action<long, object?> _writeSummary;
    private readonly ITimer _timer;

    // Events since the line written last, that line's own included; 0 when the next one is written at once.
    private long _count;
    private object? _lastSubject;

    /// <summary>A throttle that lets the next event through.</summary>
    /// <param name="clock">Where the interval comes from.</param>
    /// <param name="writeSummary">Writes how many events were left out, and the subject of the last of them.</param>
    public LogThrottle(TimeProvider clock, Action<long, object?> writeSummary)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(writeSummary);
        _writeSummary = writeSummary;
        _timer = clock.CreateTimer(
            static throttle => ((LogThrottle)throttle!).OnInterval(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Time between two lines: short enough to watch, long enough that a day of a fault is no gigabyte.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Takes note of an event.</summary>
    /// <returns>Whether the caller writes it; otherwise it was counted.</returns>
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

    /// <summary>Writes what was left out so far.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        WriteSummary(Interlocked.Exchange(ref _count, 0) - 1);
    }

    private void OnInterval()
    {
        if (Interlocked.CompareExchange(ref _count, 0, 1) == 1)
        {
            // Quiet again. Whoever counts from 0 to 1 now starts the timer anew.
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
