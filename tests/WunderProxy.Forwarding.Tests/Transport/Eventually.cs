using System.Diagnostics;

namespace WunderProxy.Forwarding.Tests.Transport;

/// <summary>Waits for something that another thread or the kernel brings about.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.That(waited.Elapsed, Is.LessThan(LoopCalls.Deadline), "did not come about in time");
            await Task.Yield();
        }
    }

    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));
}
