namespace WunderProxy.Forwarding.Buffering;

/// <summary>
/// The bytes that all connections together may hold in memory and in temporary files. Reserved in large pieces, so that
/// loops seldom meet here. Callable from any thread.
/// </summary>
internal sealed class BufferBudget(long memoryLimit, long diskLimit)
{
    private long _memory;
    private long _disk;
    private long _spills;

    /// <summary>Bytes of memory reserved at present.</summary>
    public long Memory => Volatile.Read(ref _memory);

    /// <summary>Bytes reserved in temporary files at present.</summary>
    public long Disk => Volatile.Read(ref _disk);

    /// <summary>Most bytes of memory over all connections.</summary>
    public long MemoryLimit => memoryLimit;

    /// <summary>Most bytes in temporary files over all connections.</summary>
    public long DiskLimit => diskLimit;

    /// <summary>Number of bodies that went to a temporary file.</summary>
    public long Spills => Volatile.Read(ref _spills);

    /// <summary>
    /// Whether more than half of the memory is reserved. From then on bodies go to their files early, so that the other
    /// half serves many connections.
    /// </summary>
    public bool IsMemoryScarce => Memory > memoryLimit / 2;

    /// <summary>
    /// Whether more memory is reserved than the limit allows, by bytes that could not wait: those of a filter, and those
    /// that are framed anew.
    /// </summary>
    public bool IsMemoryExceeded => Memory > memoryLimit;

    /// <summary>Reserves memory.</summary>
    /// <returns>Whether the limit allows it; otherwise nothing is reserved.</returns>
    public bool TryReserveMemory(long bytes) => TryReserve(ref _memory, bytes, memoryLimit);

    /// <summary>
    /// Reserves memory even beyond the limit, for bytes that have been read already or without which a body could not
    /// go on.
    /// </summary>
    public void ReserveMemory(long bytes) => Interlocked.Add(ref _memory, bytes);

    /// <summary>Returns reserved memory.</summary>
    public void ReleaseMemory(long bytes) => Interlocked.Add(ref _memory, -bytes);

    /// <summary>Reserves room in temporary files.</summary>
    /// <returns>Whether the limit allows it; otherwise nothing is reserved.</returns>
    public bool TryReserveDisk(long bytes) => TryReserve(ref _disk, bytes, diskLimit);

    /// <summary>Returns reserved room in temporary files.</summary>
    public void ReleaseDisk(long bytes) => Interlocked.Add(ref _disk, -bytes);

    /// <summary>Counts a body that goes to a temporary file.</summary>
    public void CountSpill() => Interlocked.Increment(ref _spills);

    private static bool TryReserve(ref long reserved, long bytes, long limit)
    {
        // Not by adding and taking back: others would see too much meanwhile, and wait without a reason.
        var before = Volatile.Read(ref reserved);
        while (before + bytes <= limit)
        {
            var seen = Interlocked.CompareExchange(ref reserved, before + bytes, before);
            if (seen == before)
            {
                return true;
            }

            before = seen;
        }

        return false;
    }
}
