namespace WunderProxy.Deployments.Tests;

/// <summary>The real clock, whose timers come at another pace: pauses of a test need not be waited for.</summary>
/// <param name="pace">From the time that code waits to the time that the test lets it wait.</param>
internal sealed class PacedTimeProvider(Func<TimeSpan, TimeSpan> pace) : TimeProvider
{
    /// <summary>
    /// Pauses between tries of the history, the looks of the guard and of the store's tender come sooner; limits of calls
    /// and probes stay, as a busy machine needs them, and the second for a connect is many.
    /// </summary>
    public static PacedTimeProvider ForLifecycle() => new(time => time.TotalMilliseconds switch
    {
        250 or 300 or 600 => time / 20,
        1_000 => time * 15,
        15_000 => time / 100,
        _ => time,
    });

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : pace(dueTime), period);
}
