using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Buffering;

/// <summary>
/// The blocks that one <see cref="ReadAhead"/> uses, and the memory that is reserved for them in the budget of all
/// connections. Used on one loop.
/// </summary>
internal sealed class ReservedBlocks
{
    /// <summary>
    /// Blocks that are reserved for as long as the read-ahead is in use: one for what the receiver's own output keeps
    /// of the write that made it begin, and one so that a body can always go on.
    /// </summary>
    public const int LeastBlocks = 2;

    /// <summary>Size in bytes of one block of memory, the unit in which memory for slow clients is reserved.</summary>
    public const int BlockBytes = BufferPool.LargeBytes;

    // With a file and little memory left: one block in the output, one to send, one to fill, one being written.
    private const int ScarceBlocks = 4;

    private readonly LoopBuffers _owner;
    private readonly int _maxBlocks;
    private int _leastBlocks;
    private int _reserved;
    private int _used;

    public ReservedBlocks(LoopBuffers owner)
    {
        _owner = owner;
        _maxBlocks = (int)Math.Max(LeastBlocks + 2, owner.Store.Options.ConnectionMemoryBytes / BlockBytes);
    }

    /// <summary>Whether a body has to go to its file early, because memory is scarce and a file can be written.</summary>
    public bool IsScarce => _owner.MaySpill && Budget.IsMemoryScarce;

    /// <summary>
    /// Whether more blocks are used than the bounds allow, by bytes that were written without a possibility to wait.
    /// </summary>
    public bool IsBeyondBounds => _used > MostBlocks() || (_used > LeastBlocks && Budget.IsMemoryExceeded);

    /// <summary>
    /// Whether memory is scarce and more blocks are used than a body needs that has the others in a file.
    /// </summary>
    public bool IsToShrink => _used > LeastBlocks && IsScarce;

    private BufferBudget Budget => _owner.Store.Budget;

    /// <summary>
    /// Starts a use, for which the memory of so many blocks has been reserved. One block counts as used: the one in the
    /// receiver's output.
    /// </summary>
    public void Begin(int reservedBlocks)
    {
        _leastBlocks = LeastBlocks;
        _reserved = reservedBlocks;
        _used = 1;
    }

    /// <summary>Records that the receiver's output no longer keeps a block.</summary>
    public void OnOutputEmptied()
    {
        _used--;
        Trim();
    }

    /// <summary>Rents a block, if the bounds allow one more.</summary>
    public BufferBlock? TryRent()
    {
        if (_used >= _reserved)
        {
            if (_used >= MostBlocks() || !Budget.TryReserveMemory(BlockBytes))
            {
                return null;
            }

            _reserved++;
        }

        _used++;
        return _owner.Blocks.RentLarge();
    }

    /// <summary>Rents a block even beyond the bounds.</summary>
    /// <param name="leastBytes">Least size of the block in bytes.</param>
    public BufferBlock Rent(int leastBytes)
    {
        if (_used >= _reserved)
        {
            Budget.ReserveMemory(BlockBytes);
            _reserved++;
        }

        _used++;
        return leastBytes <= BlockBytes ? _owner.Blocks.RentLarge() : _owner.Blocks.RentAtLeast(leastBytes);
    }

    /// <summary>Returns a block, and the memory that is reserved beyond the least.</summary>
    public void Return(BufferBlock block)
    {
        _owner.Blocks.Return(block);
        _used--;
        Trim();
    }

    /// <summary>Returns the blocks of pieces, and removes the pieces.</summary>
    public void ReturnAll(Queue<Piece> pieces)
    {
        while (pieces.TryDequeue(out var piece))
        {
            Return(piece.Block);
        }
    }

    /// <summary>Records that no further bytes will come, so that every block that is returned frees its memory.</summary>
    public void OnReleased() => _leastBlocks = 0;

    /// <summary>Ends the use, in which only the block in the receiver's output may still count as used.</summary>
    public void End()
    {
        Budget.ReleaseMemory((long)_reserved * BlockBytes);
        _reserved = _used = 0;
    }

    private int MostBlocks() => IsScarce ? Math.Min(ScarceBlocks, _maxBlocks) : _maxBlocks;

    /// <summary>Returns what is reserved and not used, but for the least.</summary>
    private void Trim()
    {
        var wanted = Math.Max(_used, _leastBlocks);
        if (_reserved > wanted)
        {
            Budget.ReleaseMemory((long)(_reserved - wanted) * BlockBytes);
            _reserved = wanted;
        }
    }
}
