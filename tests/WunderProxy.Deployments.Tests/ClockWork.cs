using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests;

/// <summary>Moves a test's clock until something has happened; the real time only bounds a hang.</summary>
internal static class ClockWork
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Advances in small steps, letting what became due run between them.</summary>
    public static async Task AdvanceUntilAsync(this ManualTimeProvider clock, string what, Func<bool> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(Patience), $"still waiting for {what}");
            await SettleAsync();
            if (!condition())
            {
                clock.Advance(Step);
            }
        }
    }

    /// <summary>Waits without touching any clock.</summary>
    public static async Task WaitUntilAsync(string what, Func<bool> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(Patience), $"still waiting for {what}");
            await SettleAsync();
        }
    }

    /// <summary>Lets what is ready to run do so.</summary>
    public static Task SettleAsync() => Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
}
