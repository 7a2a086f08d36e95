using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests;

/// <summary>Moves a test's clock until something has happened; the real time only bounds a hang.</summary>
/// <remarks>
/// Before each step all loops that the clock paces wait for it: they have done all that the step before let them do.
/// So the clock may have no other timers, such as limits of calls.
/// </remarks>
internal static class ClockWork
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Advances in small steps until a look between two of them finds it so.</summary>
    /// <param name="clock">Paces the loops.</param>
    /// <param name="loops">How many there are.</param>
    /// <param name="what">What is waited for.</param>
    /// <param name="condition">Whether it has happened.</param>
    public static Task AdvanceUntilAsync(this ManualTimeProvider clock, int loops, string what, Func<bool> condition) =>
        AdvanceAsync(clock, loops, what, condition, null);

    /// <summary>Advances in small steps until it happens, which need not bring a loop back to its wait.</summary>
    public static async Task AdvanceUntilAsync(this ManualTimeProvider clock, int loops, string what, Task happening)
    {
        await AdvanceAsync(clock, loops, what, () => happening.IsCompleted, happening);
        await happening;
    }

    /// <summary>Lets one loop pause again and again until something has happened; whatever else waits comes at its own time.</summary>
    /// <param name="clock">Paces the loop.</param>
    /// <param name="pause">What the loop asks the clock for, and nothing else does.</param>
    /// <param name="what">What is waited for.</param>
    /// <param name="happening">Ends when it has happened.</param>
    public static Task PassPausesAsync(this ManualTimeProvider clock, TimeSpan pause, string what, Task happening) =>
        clock.PassPausesAsync([pause], what, happening);

    /// <summary>Lets one loop pause as long as is given, and then for the last of the pauses again and again.</summary>
    /// <param name="clock">Paces the loop.</param>
    /// <param name="pauses">What the loop asks the clock for, in order, and nothing else does.</param>
    /// <param name="what">What is waited for.</param>
    /// <param name="happening">Ends when it has happened.</param>
    public static async Task PassPausesAsync(
        this ManualTimeProvider clock, IReadOnlyList<TimeSpan> pauses, string what, Task happening)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var turn = 0; ; turn++)
        {
            var pause = pauses[Math.Min(turn, pauses.Count - 1)];
            await clock.WaitForTimerAsync(pause, happening);
            if (happening.IsCompleted)
            {
                await happening;
                return;
            }

            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(Patience), $"still waiting for {what}");
            clock.Advance(pause);
        }
    }

    private static async Task AdvanceAsync(
        ManualTimeProvider clock, int loops, string what, Func<bool> condition, Task? happening)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await clock.WaitForTimersAsync(loops, happening);
            if (condition())
            {
                return;
            }

            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(Patience), $"still waiting for {what}");
            clock.Advance(Step);
        }
    }
}
