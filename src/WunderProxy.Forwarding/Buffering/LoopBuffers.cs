using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Buffering;

/// <summary>The read-aheads and request buffers of one loop, which are used again. No locks.</summary>
internal sealed class LoopBuffers(BufferStore store, TransportLoop loop)
{
    // A disk that is full now will not have room a moment later.
    private const int DiskPauseMilliseconds = 5_000;

    private const int MaxKept = 256;

    private readonly Stack<ReadAhead> _kept = new();
    private readonly Stack<RequestBuffer> _keptRequests = new();
    private long _diskPausedUntil;

    /// <summary>What all loops share.</summary>
    public BufferStore Store => store;

    /// <summary>The loop that owns the read-aheads.</summary>
    public TransportLoop Loop => loop;

    /// <summary>The blocks of the loop.</summary>
    public BufferPool Blocks { get; } = ((WorkLoop)loop).Buffers;

    /// <summary>Whether a temporary file can be written at present.</summary>
    public bool MaySpill => store.Disk is not null && loop.NowMilliseconds >= _diskPausedUntil;

    /// <summary>Most bytes of one body that is held whole.</summary>
    public long MaxRequestBytes
    {
        get
        {
            var (options, budget) = (store.Options, store.Budget);
            return Math.Min(options.ConnectionMemoryBytes, budget.MemoryLimit)
                + Math.Min(options.ConnectionDiskBytes, budget.DiskLimit - (budget.DiskLimit % RequestFile.StepBytes));
        }
    }

    /// <summary>Takes a buffer for a body that is held whole.</summary>
    public RequestBuffer RentRequest() => _keptRequests.TryPop(out var free) ? free : new RequestBuffer(this);

    /// <summary>Rents a small block for a body that is held whole, and counts it, even beyond the bound.</summary>
    public BufferBlock RentSmall()
    {
        store.Budget.ReserveMemory(BufferPool.SmallBytes);
        return Blocks.RentSmall();
    }

    /// <summary>Rents a large block for a body that is held whole, and counts it, even beyond the bound.</summary>
    public BufferBlock RentLarge()
    {
        store.Budget.ReserveMemory(BufferPool.LargeBytes);
        return Blocks.RentLarge();
    }

    /// <summary>Returns a block of a body that was held whole.</summary>
    public void Return(BufferBlock block)
    {
        store.Budget.ReleaseMemory(block.Bytes.Length);
        Blocks.Return(block);
    }

    /// <summary>Takes a read-ahead with memory for its first bytes.</summary>
    /// <param name="bytes">Bytes that it will have to hold at once, at least.</param>
    /// <returns>The read-ahead; null if the memory of all connections is used up.</returns>
    public ReadAhead? TryRent(int bytes)
    {
        var blocks = ReservedBlocks.LeastBlocks + ((bytes + BufferPool.LargeBytes - 1) / BufferPool.LargeBytes);
        if (!store.Budget.TryReserveMemory((long)blocks * BufferPool.LargeBytes))
        {
            return null;
        }

        var ahead = _kept.TryPop(out var free) ? free : new ReadAhead(this);
        ahead.Begin(blocks);
        return ahead;
    }

    /// <summary>Keeps a read-ahead that holds nothing.</summary>
    public void Return(ReadAhead ahead)
    {
        if (_kept.Count < MaxKept)
        {
            _kept.Push(ahead);
        }
    }

    /// <summary>Keeps a buffer that holds nothing.</summary>
    public void Return(RequestBuffer buffer)
    {
        if (_keptRequests.Count < MaxKept)
        {
            _keptRequests.Push(buffer);
        }
    }

    /// <summary>Records that a temporary file failed, so that none is written for a while.</summary>
    public void OnDiskFailed(Exception fault)
    {
        _diskPausedUntil = loop.NowMilliseconds + DiskPauseMilliseconds;
        store.OnDiskFailed(fault);
    }
}
