namespace WunderProxy.TestSupport;

/// <summary>A clock that a test moves by hand; timers fire inside <see cref="Advance"/>, in order.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    // Limits a hang in real time; no test result depends on this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(Func<bool> IsReached, TaskCompletionSource Reached)> _waits = [];
    private DateTimeOffset _utcNow = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Not 0, as on any machine that has started: in many fields 0 means "not yet".
    private long _timestamp = TimeSpan.TicksPerHour;

    /// <summary>Ticks per second, the same as in <see cref="TimeSpan"/>.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _utcNow;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _timestamp;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets the wall clock, as a time server does: no time passes, and no timer fires.</summary>
    public void SetUtcNow(DateTimeOffset utcNow)
    {
        lock (_gate)
        {
            _utcNow = utcNow;
        }
    }

    /// <summary>Moves the clock forward and fires every timer that becomes due on the way.</summary>
    public void Advance(TimeSpan step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, TimeSpan.Zero);
        var end = MoveTo(0) + step.Ticks;
        while (NextDue(end) is { } timer)
        {
            MoveTo(timer.DueTimestamp);
            timer.Fire();
        }

        MoveTo(end);
    }

    /// <summary>
    /// Waits until the given number of timers wait for their time, that is, until every loop that uses this clock is
    /// pausing again. A test that moves the clock earlier moves it past a timer that is set only afterwards.
    /// </summary>
    /// <param name="count">Number of timers: one for each loop that waits on this clock.</param>
    /// <param name="work">
    /// Work that may end instead, without another timer; the wait then ends too, in whatever way the work ends.
    /// </param>
    /// <exception cref="TimeoutException">Neither happened.</exception>
    public Task WaitForTimersAsync(int count = 1, Task? work = null) =>
        WaitAsync(() => _timers.Count >= count, $"not {count}", work);

    /// <summary>
    /// Waits until a timer exists that was set for exactly this duration, so that the one loop with this pause is
    /// pausing.
    /// </summary>
    /// <param name="dueTime">The duration that the loop asks for.</param>
    /// <param name="work">
    /// Work that may end instead, without another pause; the wait then ends too, in whatever way the work ends.
    /// </param>
    /// <exception cref="TimeoutException">Neither happened.</exception>
    public Task WaitForTimerAsync(TimeSpan dueTime, Task? work = null) =>
        WaitAsync(() => _timers.Exists(timer => timer.DueTime == dueTime), $"none for {dueTime}", work);

    private async Task WaitAsync(Func<bool> isReached, string otherwise, Task? work)
    {
        var wait = (isReached, Reached: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            if (isReached())
            {
                return;
            }

            _waits.Add(wait);
        }

        try
        {
            await Task.WhenAny(wait.Reached.Task, work ?? wait.Reached.Task).WaitAsync(Patience);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{CountTimers()} timers wait on the clock, {otherwise}", exception);
        }
        finally
        {
            lock (_gate)
            {
                _waits.Remove(wait);
            }
        }
    }

    /// <summary>How many timers wait for their time.</summary>
    public int CountTimers()
    {
        lock (_gate)
        {
            return _timers.Count;
        }
    }

    private void AddUnderGate(ManualTimer timer)
    {
        _timers.Add(timer);
        foreach (var (isReached, reached) in _waits)
        {
            if (isReached())
            {
                reached.TrySetResult();
            }
        }
    }

    private long MoveTo(long timestamp)
    {
        lock (_gate)
        {
            var step = Math.Max(0, timestamp - _timestamp);
            _timestamp += step;
            _utcNow += TimeSpan.FromTicks(step);
            return _timestamp;
        }
    }

    private ManualTimer? NextDue(long end)
    {
        lock (_gate)
        {
            return _timers.Where(timer => timer.DueTimestamp <= end).MinBy(timer => timer.DueTimestamp);
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public long DueTimestamp { get; private set; }

        /// <summary>Duration from setting the timer until it is due.</summary>
        public TimeSpan DueTime { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueTimestamp = clock._timestamp + dueTime.Ticks;
                    DueTime = dueTime;
                    clock.AddUnderGate(this);
                }

                return true;
            }
        }

        public void Fire()
        {
            Change(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan, _period);
            callback(state);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
