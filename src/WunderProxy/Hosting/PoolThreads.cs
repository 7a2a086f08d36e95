using WunderProxy.ManagerApi;

namespace WunderProxy.Hosting;

/// <summary>
/// Starts the runtime's threads before traffic arrives. Starting a thread takes a few descriptors for a moment; if
/// there are none, the runtime ends the process ("Out of memory."). The threads stay: the project file sets
/// <c>ThreadsToKeepAlive</c>, without which idle threads end after 20 seconds.
/// </summary>
internal static class PoolThreads
{
    /// <summary>
    /// Number of pool threads to start, at most <c>ThreadsToKeepAlive</c>. Beyond its minimum the pool grows by only
    /// one or two threads a second, and some of its threads wait for disks or in handlers; <c>/status</c> must not wait
    /// for them.
    /// </summary>
    public const int Count = 16 + HandlerGate.MaxRunning;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Starts the pool's threads and the timer thread, and returns when all run.</summary>
    public static void Start()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        var wanted = Math.Max(workers, Count);
        ThreadPool.SetMinThreads(wanted, completions);
        using var timer = TimeProvider.System.CreateTimer(
            static _ => { }, state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        // Each work item occupies its thread until all threads run.
        var running = new CountdownEvent(wanted);
        var isEverybodyThere = new ManualResetEventSlim();
        for (var started = 0; started < wanted; started++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static state =>
                {
                    state.running.Signal();
                    state.isEverybodyThere.Wait();
                },
                (running, isEverybodyThere),
                preferLocal: false);
        }

        running.Wait(Patience);
        isEverybodyThere.Set();
    }
}
