namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>
/// The free blocks of one loop, reused last in, first out, because the latest block is still in the processor's cache.
/// </summary>
internal sealed class BufferPool
{
    /// <summary>
    /// Size of a large block, the most that one receive takes: a body of a mebibyte then needs few system calls.
    /// </summary>
    public const int LargeBytes = 64 * 1024;

    /// <summary>
    /// Size of a bulk block, for a sender that has just filled a large one: half the system calls again. Few are out at
    /// once, so that receivers that take nothing do not hold many.
    /// </summary>
    public const int BulkBytes = 2 * LargeBytes;

    /// <summary>
    /// Size of a small block, which keeps an unfinished head while its rest is awaited, so that slow clients stay
    /// cheap.
    /// </summary>
    public const int SmallBytes = 4 * 1024;

    // A loop keeps at most 8 MiB of large blocks; a burst beyond that is left to the garbage collector.
    private const int MaxKeptLarge = 128;
    private const int MaxKeptSmall = 512;

    // And rents out at most 4 MiB of bulk blocks, all of which it keeps.
    private const int MaxBulk = 32;

    private readonly Stack<BufferBlock> _large = new();
    private readonly Stack<BufferBlock> _small = new();
    private readonly Stack<BufferBlock> _bulk = new();
    private int _bulkOut;

    /// <summary>Number of blocks rented at present; for tests of leaks and of bounded memory.</summary>
    public int RentedCount { get; private set; }

    /// <summary>Rents a block of <see cref="LargeBytes"/>.</summary>
    public BufferBlock RentLarge() => Rent(_large, LargeBytes);

    /// <summary>Rents a block of <see cref="BulkBytes"/>, or of <see cref="LargeBytes"/> if too many are out.</summary>
    public BufferBlock RentBulk()
    {
        if (_bulkOut == MaxBulk)
        {
            return RentLarge();
        }

        _bulkOut++;
        return Rent(_bulk, BulkBytes);
    }

    /// <summary>Rents a block of <see cref="SmallBytes"/>.</summary>
    public BufferBlock RentSmall() => Rent(_small, SmallBytes);

    /// <summary>
    /// Rents a block of at least <paramref name="sizeBytes"/>, larger than the pooled sizes if necessary.
    /// </summary>
    public BufferBlock RentAtLeast(int sizeBytes)
    {
        // Heads go into small blocks: many may wait for the end of a turn, and large blocks would fill the processor's
        // cache.
        if (sizeBytes <= LargeBytes)
        {
            return sizeBytes <= SmallBytes ? RentSmall() : RentLarge();
        }

        // Never of the size by which a bulk block is known when it comes back.
        RentedCount++;
        return new BufferBlock(Math.Max(sizeBytes, BulkBytes + 1));
    }

    /// <summary>Returns a block to the pool.</summary>
    public void Return(BufferBlock block)
    {
        RentedCount--;
        block.Reset();
        switch (block.Bytes.Length)
        {
            case BulkBytes:
                _bulkOut--;
                _bulk.Push(block);
                break;
            case LargeBytes when _large.Count < MaxKeptLarge:
                _large.Push(block);
                break;
            case SmallBytes when _small.Count < MaxKeptSmall:
                _small.Push(block);
                break;
        }
    }

    private BufferBlock Rent(Stack<BufferBlock> kept, int sizeBytes)
    {
        RentedCount++;
        return kept.TryPop(out var block) ? block : new BufferBlock(sizeBytes);
    }
}
