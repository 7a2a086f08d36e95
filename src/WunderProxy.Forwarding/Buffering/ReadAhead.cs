using System.Diagnostics;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Streams;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Buffering;

/// <summary>
/// Holds what one body's sender has given and its receiver has not taken yet: in memory, then in a temporary file. The
/// writer waits only at a bound; the reader takes the bytes from the front. All members belong to one loop.
/// </summary>
/// <remarks>
/// <para>The order of the bytes: <c>_front</c>, the temporary file, the pieces that a job writes, <c>_back</c>, and the
/// block that is being filled. Without a file, all full blocks are in <c>_front</c>.</para>
/// <para>At most one job works on the file. It owns its blocks until it has ended, also after a release.</para>
/// </remarks>
internal sealed class ReadAhead : PipeWriter, IValueTaskSource<FlushResult>
{
    /// <summary>
    /// Blocks that are reserved for as long as the read-ahead is in use: one for what the receiver's own output keeps
    /// of the write that made it begin, and one so that a body can always go on.
    /// </summary>
    public const int LeastBlocks = 2;

    private const int BlockBytes = BufferPool.LargeBytes;

    // With a file and little memory left: one block in the output, one to send, one to fill, one being written.
    private const int ScarceBlocks = 4;

    private const int MaxBlocksPerJob = 8;

    // Room in files is reserved in steps.
    private const long DiskStepBytes = 1 << 20;

    // How soon a writer that waits for the bounds of all connections tries again.
    private const int RetryMilliseconds = 100;

    private readonly LoopBuffers _owner;
    private readonly SpillJob _job;
    private readonly RetryTimer _timer;
    private readonly LoopSignal _frontReady = new();
    private readonly Queue<Piece> _front = new();
    private readonly Queue<Piece> _back = new();
    private readonly int _maxBlocks;
    private readonly long _maxFileBytes;
    private BufferBlock? _fill;
    private int _fillStart;
    private int _fillEnd;
    private int _frontTaken;
    private int _reserved;
    private int _used;
    private long _readOffset;
    private long _writeOffset;
    private long _diskReserved;
    private bool _isSpilling;
    private bool _isReleased;
    private ReadOnlyMemory<byte> _pending;
    private LoopWait _wait;

    public ReadAhead(LoopBuffers owner)
    {
        _owner = owner;
        _job = new SpillJob(owner, static state => ((ReadAhead)state!).OnJobDone(), this);
        _timer = new RetryTimer(this);
        var options = owner.Store.Options;
        _maxBlocks = (int)Math.Max(LeastBlocks + 2, options.ConnectionMemoryBytes / BlockBytes);
        _maxFileBytes = options.ConnectionDiskBytes;
    }

    /// <summary>Number of bytes held and not yet taken from the front.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Whether bytes were lost because the temporary file could not be read.</summary>
    public bool IsLost { get; private set; }

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <summary>Always 0: bytes can be taken from the front as soon as they are written.</summary>
    public override long UnflushedBytes => 0;

    private BufferBudget Budget => _owner.Store.Budget;

    private long FileBytes => _writeOffset - _readOffset;

    private bool IsScarce => _owner.MaySpill && Budget.IsMemoryScarce;

    /// <summary>Starts a use; the caller has reserved the memory of so many blocks.</summary>
    public void Begin(int reservedBlocks)
    {
        _reserved = reservedBlocks;
        _used = 1;
        _isReleased = false;
        IsLost = false;
    }

    /// <summary>Records that the receiver's output has sent what it kept, whose block can be used for other bytes.</summary>
    public void OnOutputEmptied()
    {
        _used--;
        Trim();
        Admit();
    }

    /// <summary>Returns the bytes to send next.</summary>
    /// <returns>False if there are none in memory at present; see <see cref="WaitForFrontAsync"/>.</returns>
    public bool TryPeek(out ReadOnlyMemory<byte> bytes)
    {
        if (_front.Count == 0)
        {
            StartJob();
        }

        if (_front.TryPeek(out var piece))
        {
            bytes = piece.Bytes[_frontTaken..];
            return true;
        }

        bytes = _isSpilling || _fill is null ? default : _fill.Bytes.AsMemory(_fillStart, _fillEnd - _fillStart);
        return !bytes.IsEmpty;
    }

    /// <summary>Removes bytes from the front, which were sent.</summary>
    public void Consume(int count)
    {
        HeldBytes -= count;
        if (_front.TryPeek(out var piece))
        {
            _frontTaken += count;
            if (_frontTaken == piece.Length)
            {
                _front.Dequeue();
                _frontTaken = 0;
                ReturnBlock(piece.Block);
            }
        }
        else
        {
            _fillStart += count;
            if (_fillStart == _fillEnd)
            {
                ReturnBlock(_fill!);
                _fill = null;
            }
        }

        StartJob();
        Admit();
    }

    /// <summary>Waits until bytes have come back from the temporary file, or are lost, or <see cref="WakeFrontSoon"/>.</summary>
    public ValueTask WaitForFrontAsync() => _frontReady.WaitAsync();

    /// <summary>Ends the wait for bytes from the temporary file soon.</summary>
    public void WakeFrontSoon() => _owner.Loop.Post(static ahead => ((ReadAhead)ahead!)._frontReady.Set(), this);

    /// <summary>Returns everything; what is held is lost. The read-ahead must not be used afterwards.</summary>
    public void Release()
    {
        Debug.Assert(!_wait.IsWaiting, "nobody waits");
        _isReleased = true;
        _pending = default;
        _owner.Loop.Timers.Disarm(_timer);
        ReturnAll(_front);
        ReturnAll(_back);
        if (_fill is { } fill)
        {
            _fill = null;
            ReturnBlock(fill);
        }

        _frontTaken = 0;
        HeldBytes = 0;
        EndUseIfUnused();
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_fill is null || _fill.Bytes.Length - _fillEnd < Math.Max(sizeHint, 1))
        {
            Seal();
            _fill = TryRentBlock() ?? RentBlock(sizeHint);
            _fillStart = _fillEnd = 0;
        }

        return _fill.Bytes.AsMemory(_fillEnd);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        _fillEnd += bytes;
        HeldBytes += bytes;
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        WriteAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);

    /// <summary>Copies bytes; completes when the writer may write more.</summary>
    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _pending = source;
        if (TryAdmit())
        {
            return new ValueTask<FlushResult>(default(FlushResult));
        }

        _wait.Begin();
        return new ValueTask<FlushResult>(this, _wait.Version);
    }

    /// <summary>Ends a wait for room; the bytes that wait for it are dropped.</summary>
    public override void CancelPendingFlush()
    {
        if (_wait.IsWaiting)
        {
            _pending = default;
            _wait.CompleteSoon(_owner.Loop);
        }
    }

    /// <summary>Has no effect: the one who takes bytes from the front knows when the writer has ended.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _wait.End(token);
        EndUseIfUnused();
        return default;
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _wait.Status;

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(_owner.Loop, continuation, state);

    private void Admit()
    {
        if (_wait.IsWaiting && TryAdmit())
        {
            _wait.CompleteSoon(_owner.Loop);
        }
    }

    /// <summary>Copies what waits for room, as far as the bounds allow.</summary>
    /// <returns>Whether all is copied and the writer may write more.</returns>
    private bool TryAdmit()
    {
        while (!_pending.IsEmpty)
        {
            if (_fill is null || _fillEnd == _fill.Bytes.Length)
            {
                Seal();
                if (TryRentBlock() is not { } block)
                {
                    OnNoRoom();
                    return false;
                }

                _fill = block;
                _fillStart = _fillEnd = 0;
            }

            var count = Math.Min(_pending.Length, _fill.Bytes.Length - _fillEnd);
            _pending.Span[..count].CopyTo(_fill.Bytes.AsSpan(_fillEnd));
            _pending = _pending[count..];
            Advance(count);
        }

        // What was written by way of GetMemory is here already, whatever the bounds said; the writer waits afterwards.
        if (_used > MostBlocks() || (_used > LeastBlocks && Budget.IsMemoryExceeded))
        {
            OnNoRoom();
            return false;
        }

        if (_isSpilling)
        {
            StartJob();
        }

        return true;
    }

    private int MostBlocks() => IsScarce ? Math.Min(ScarceBlocks, _maxBlocks) : _maxBlocks;

    private void OnNoRoom()
    {
        Spill();
        if (_timer.DueMilliseconds == 0)
        {
            // Nobody tells when another connection gives memory or room on the disk back.
            _owner.Loop.Timers.Arm(_timer, _owner.Loop.NowMilliseconds, RetryMilliseconds);
        }
    }

    private void OnRetry()
    {
        StartJob();
        Admit();
    }

    /// <summary>Puts the block that is being filled behind the others.</summary>
    private void Seal()
    {
        if (_fill is not { } block)
        {
            return;
        }

        _fill = null;
        if (_fillStart == _fillEnd)
        {
            ReturnBlock(block);
            return;
        }

        (_isSpilling ? _back : _front).Enqueue(new Piece(block, _fillStart, _fillEnd));
    }

    /// <summary>Begins to move all but the first piece to a temporary file.</summary>
    private void Spill()
    {
        if (_isSpilling || !_owner.MaySpill || !_owner.Store.Disk!.HasFileLeft)
        {
            StartJob();
            return;
        }

        if (_front.Count == 0)
        {
            // The bytes that are being sent stay in memory.
            Seal();
        }

        if (_front.Count == 0 || _front.Count + (_fill is null ? 0 : 1) < 2)
        {
            return;
        }

        _isSpilling = true;
        Budget.CountSpill();
        var first = _front.Dequeue();
        while (_front.TryDequeue(out var piece))
        {
            _back.Enqueue(piece);
        }

        _front.Enqueue(first);
        StartJob();
    }

    private void StartJob()
    {
        if (_job.IsRunning || !_isSpilling || IsLost)
        {
            return;
        }

        if (FileBytes > 0 && _front.Count < (IsScarce ? 1 : 2) && TryStartRead())
        {
            return;
        }

        if (FileBytes == 0 && (_front.Count == 0 || (_back.Count == 0 && _fill is null)))
        {
            Unspill();
        }
        else if (_back.Count > 0 && _owner.MaySpill)
        {
            TryStartWrite();
        }
    }

    private bool TryStartRead()
    {
        var block = TryRentBlock();
        if (block is null && _front.Count > 0)
        {
            return false;
        }

        block ??= RentBlock(0);
        _job.Read(block, _readOffset, (int)Math.Min(FileBytes, BlockBytes), _maxFileBytes);
        return true;
    }

    private void TryStartWrite()
    {
        var bytes = 0L;
        while (_job.Pieces.Count < MaxBlocksPerJob && _back.TryPeek(out var piece) && TryReserveDisk(bytes + piece.Length))
        {
            bytes += piece.Length;
            _job.Pieces.Enqueue(_back.Dequeue());
        }

        if (bytes > 0)
        {
            _job.Write(_writeOffset, _maxFileBytes);
        }
    }

    /// <summary>Reserves room in the file for so many bytes after those in it.</summary>
    private bool TryReserveDisk(long bytes)
    {
        if (FileBytes + bytes > _maxFileBytes)
        {
            return false;
        }

        // The file is a ring: its size is the furthest position that was ever written.
        var size = Math.Min(_writeOffset + bytes, _maxFileBytes);
        while (_diskReserved < size)
        {
            if (!Budget.TryReserveDisk(DiskStepBytes))
            {
                return false;
            }

            _diskReserved += DiskStepBytes;
        }

        return true;
    }

    /// <summary>Goes on without a file, because the receiver has caught up with it.</summary>
    private void Unspill()
    {
        while (_back.TryDequeue(out var piece))
        {
            _front.Enqueue(piece);
        }

        _isSpilling = false;
        CloseFile();
    }

    private void CloseFile()
    {
        _job.CloseFile();
        _readOffset = _writeOffset = 0;
        Budget.ReleaseDisk(_diskReserved);
        _diskReserved = 0;
    }

    private void OnJobDone()
    {
        var piece = _job.End();
        foreach (var block in _job.WrittenBlocks)
        {
            ReturnBlock(block);
        }

        _job.WrittenBlocks.Clear();
        if (_isReleased)
        {
            ReturnAll(_job.Pieces);
            if (piece is { } dropped)
            {
                ReturnBlock(dropped.Block);
            }

            EndUseIfUnused();
            return;
        }

        if (piece is { } read)
        {
            OnRead(read);
        }
        else
        {
            OnWritten();
        }

        StartJob();
        Admit();
        if (_front.Count > 0 || IsLost || !_isSpilling)
        {
            _frontReady.Set();
        }
    }

    private void OnRead(Piece piece)
    {
        if (_job.Fault is { } fault)
        {
            IsLost = true;
            ReturnBlock(piece.Block);
            _owner.OnDiskFailed(fault);
            return;
        }

        _readOffset += piece.Length;
        _front.Enqueue(piece);
    }

    private void OnWritten()
    {
        _writeOffset += _job.DoneBytes;
        if (_job.Fault is not { } fault)
        {
            _owner.Store.OnDiskWorked();
            return;
        }

        // What was not written is still in memory, and comes before what was read meanwhile.
        _owner.OnDiskFailed(fault);
        var later = _back.Count;
        while (_job.Pieces.TryDequeue(out var piece))
        {
            _back.Enqueue(piece);
        }

        for (; later > 0; later--)
        {
            _back.Enqueue(_back.Dequeue());
        }
    }

    /// <summary>
    /// Ends the use after a release, as soon as no job works on the file and the writer has been told that its wait is
    /// over: another use must not find a wait of this one.
    /// </summary>
    private void EndUseIfUnused()
    {
        if (!_isReleased || _job.IsRunning || !_wait.IsIdle)
        {
            return;
        }

        _isReleased = false;
        CloseFile();
        _isSpilling = false;
        Budget.ReleaseMemory((long)_reserved * BlockBytes);
        _reserved = _used = 0;
        _owner.Return(this);
    }

    private BufferBlock? TryRentBlock()
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
    private BufferBlock RentBlock(int leastBytes)
    {
        if (_used >= _reserved)
        {
            Budget.ReserveMemory(BlockBytes);
            _reserved++;
        }

        _used++;
        return leastBytes <= BlockBytes ? _owner.Blocks.RentLarge() : _owner.Blocks.RentAtLeast(leastBytes);
    }

    private void ReturnBlock(BufferBlock block)
    {
        _owner.Blocks.Return(block);
        _used--;
        Trim();
    }

    private void ReturnAll(Queue<Piece> pieces)
    {
        while (pieces.TryDequeue(out var piece))
        {
            ReturnBlock(piece.Block);
        }
    }

    /// <summary>Returns what is reserved and not used, but for the least.</summary>
    private void Trim()
    {
        var wanted = Math.Max(_used, _isReleased ? 0 : LeastBlocks);
        if (_reserved > wanted)
        {
            Budget.ReleaseMemory((long)(_reserved - wanted) * BlockBytes);
            _reserved = wanted;
        }
    }

    /// <summary>Tries again after a while.</summary>
    private sealed class RetryTimer(ReadAhead ahead) : LoopTimer
    {
        protected internal override void OnElapsed() => ahead.OnRetry();
    }
}
