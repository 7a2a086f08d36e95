namespace WunderProxy.ManagerApi;

/// <summary>What the process takes of its machine.</summary>
/// <param name="Rss">Bytes of physical memory that the process holds.</param>
/// <param name="Heap">Size of the managed heap in bytes.</param>
/// <param name="Threads">Number of threads of the thread pool; each forwarding loop has one more of its own.</param>
/// <param name="CpuSeconds">Processor time since the start, in user and kernel mode.</param>
/// <param name="Collections">Number of garbage collections since the start.</param>
/// <param name="PauseSeconds">Time for which garbage collections stopped the threads.</param>
internal sealed record ProcessView(
    long Rss, long Heap, int Threads, double CpuSeconds, int Collections, double PauseSeconds)
{
    /// <summary>Reads what the process takes at present.</summary>
    /// <param name="heapSize">Size of the managed heap in bytes.</param>
    public static ProcessView Read(long heapSize) => new(
        Environment.WorkingSet,
        heapSize,
        ThreadPool.ThreadCount,
        Math.Round(Environment.CpuUsage.TotalTime.TotalSeconds, 3),
        GC.CollectionCount(0),
        Math.Round(GC.GetTotalPauseDuration().TotalSeconds, 6));
}
