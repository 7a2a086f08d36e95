namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>The blocks of one loop, last in first out, so that the block used next is the one still in the cache.</summary>
internal sealed class BufferPool
{
    /// <summary>What one receive may take: large enough that a body of a mebibyte needs few system calls.</summary>
    public const int LargeBytes = 64 * 1024;

    /// <summary>What an unfinished head is kept in while its rest is awaited, so that slow clients stay cheap.</summary>
    public const int SmallBytes = 4 * 1024;

    // 8 MiB of large blocks at most are kept per loop; a burst beyond that is left to the garbage collector.
    private const int MaxKeptLarge = 128;
    private const int MaxKeptSmall = 512;

    private readonly Stack<BufferBlock> _large = new();
    private readonly Stack<BufferBlock> _small = new();

    /// <summary>Blocks that are rented now; for tests of leaks and of bounded memory.</summary>
    public int RentedCount { get; private set; }

    /// <summary>Rents a block of <see cref="LargeBytes"/>.</summary>
    public BufferBlock RentLarge() => Rent(_large, LargeBytes);

    /// <summary>Rents a block of <see cref="SmallBytes"/>.</summary>
    public BufferBlock RentSmall() => Rent(_small, SmallBytes);

    /// <summary>A block of at least <paramref name="sizeBytes"/>, beyond the pooled sizes when it must be.</summary>
    public BufferBlock RentAtLeast(int sizeBytes)
    {
        // Heads go into small blocks: many of them may wait for the end of a turn, and large ones would fill the cache.
        if (sizeBytes <= LargeBytes)
        {
            return sizeBytes <= SmallBytes ? RentSmall() : RentLarge();
        }

        RentedCount++;
        return new BufferBlock(sizeBytes);
    }

    /// <summary>Takes a block back.</summary>
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
