namespace WunderProxy.Forwarding.Statistics;

/// <summary>
/// Counts seconds so that no second comes twice and none is left out when the wall clock is set: the wall clock is read
/// at the start, and time then goes on by the monotonic clock. The wall clock names the points when they are read.
/// </summary>
internal sealed class SeriesClock
{
    private readonly TimeProvider _clock;
    private readonly long _startTimestamp;
    private readonly DateTimeOffset _start;
    private long _last;

    /// <summary>Starts to count at the present second of the wall clock.</summary>
    public SeriesClock(TimeProvider clock)
    {
        _clock = clock;
        _startTimestamp = clock.GetTimestamp();
        _start = clock.GetUtcNow();
        _last = Now.ToUnixTimeSeconds() - 1;
    }

    /// <summary>The latest second for which the counters were read, in seconds since 1970.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>Time until the present second ends.</summary>
    public TimeSpan UntilNext => TimeSpan.FromTicks(TimeSpan.TicksPerSecond - (Now.UtcTicks % TimeSpan.TicksPerSecond));

    private DateTimeOffset Now => _start + _clock.GetElapsedTime(_startTimestamp);

    /// <summary>Goes on to the latest second that has ended.</summary>
    /// <returns>Whether one has ended since the last call.</returns>
    public bool TryStep()
    {
        var ended = Now.ToUnixTimeSeconds() - 1;
        if (ended <= _last)
        {
            return false;
        }

        Volatile.Write(ref _last, ended);
        return true;
    }

    /// <summary>Returns the time that the wall clock would have shown at the start of a second.</summary>
    public Func<long, DateTimeOffset> Labels()
    {
        // Whole seconds, so that the reading of two clocks one after the other does not show.
        var distance = Math.Round((_clock.GetUtcNow() - Now).TotalSeconds);
        return second => DateTimeOffset.FromUnixTimeSeconds(second).AddSeconds(distance);
    }
}
