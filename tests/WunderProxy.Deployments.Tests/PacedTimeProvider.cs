namespace WunderProxy.Deployments.Tests;

/// <summary>The real clock, whose timers come at another pace: pauses of a test need not be waited for.</summary>
/// <param name="pace">From the time that code waits to the time that the test lets it wait.</param>
internal sealed class PacedTimeProvider(Func<TimeSpan, TimeSpan> pace) : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : pace(dueTime), period);
}
