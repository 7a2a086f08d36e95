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
    /// Size of a small block, which keeps an unfinished head while its rest is awaited, so that slow clients stay
    /// cheap.
    /// </summary>
    public const int SmallBytes = 4 * 1024;

    // A loop keeps at most 8 MiB of large blocks; a burst beyond that is left to the garbage collector.
    private const int MaxKeptLarge = 128;
    private const int MaxKeptSmall = 512;

    private readonly Stack<BufferBlock> _large = new();
    private readonly Stack<BufferBlock> _small = new();

    /// <summary>Number of blocks rented at present; for tests of leaks and of bounded memory.</summary>
    public int RentedCount { get; private set; }

    /// <summary>Rents a block of <see cref="LargeBytes"/>.</summary>
    public BufferBlock RentLarge() => Rent(_large, LargeBytes);

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

        RentedCount++;
        return new BufferBlock(sizeBytes);
    }

    /// <summary>Returns a block to the pool.</summary>
    public void Return(BufferBlock block)
    {
        RentedCount--;
        block.Reset();
        switch (block.Bytes.Length)
        {
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
