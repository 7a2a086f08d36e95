using WunderProxy.ManagerApi;

namespace WunderProxy.Hosting;

/// <summary>
/// Starts the runtime's threads before traffic comes. To start one takes a few descriptors for a moment; when there are
/// none, the runtime ends the process ("Out of memory."). The threads started here stay: the project file sets
/// <c>ThreadsToKeepAlive</c>, without which idle ones end after 20 seconds.
/// </summary>
internal static class PoolThreads
{
    /// <summary>
    /// Pool threads that are there when wanted. Beyond its minimum the pool grows by one or two a second, and some of
    /// its threads wait for disks, those of handlers too: <c>/status</c> must not wait for them. No more than
    /// <c>ThreadsToKeepAlive</c>.
    /// </summary>
    public const int Count = 16 + HandlerGate.MaxRunning;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Starts the pool's threads and the one of the timers; returns when they run.</summary>
    public static void Start()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        var wanted = Math.Max(workers, Count);
        ThreadPool.SetMinThreads(wanted, completions);
        using var timer = TimeProvider.System.CreateTimer(
            static _ => { }, state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        // Each piece of work keeps its thread until all are there.
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
