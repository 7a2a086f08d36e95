using WunderProxy.Forwarding.Transport.Streams;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Buffering;

/// <summary>
/// Holds one complete body, in memory and past a bound in a temporary file. The body is first written completely and
/// then read, from its start as often as necessary. Used on one loop.
/// </summary>
/// <remarks>
/// <para>The order of the bytes: the temporary file, the pieces, and the block that is being filled.</para>
/// <para>At most one job works on the file. It owns its blocks until it has ended, also after a release.</para>
/// </remarks>
internal sealed class RequestBuffer
{
    /// <summary>Room in files is reserved in steps of so many bytes.</summary>
    public const long DiskStepBytes = 1 << 20;

    private const int BlockBytes = BufferPool.LargeBytes;

    // With little memory left for all: one block to fill, one being written.
    private const long ScarceBytes = 2 * BlockBytes;

    private const int MaxPiecesPerJob = 8;

    private readonly LoopBuffers _owner;
    private readonly SpillJob _job;
    private readonly LoopSignal _workEnded = new();
    private readonly List<Piece> _pieces = [];
    private BufferBlock? _fill;
    private int _fillBytes;
    private long _fileBytes;
    private long _diskReserved;
    private Piece? _fileChunk;
    private long _fileChunkOffset;
    private long _fileReadOffset;
    private int _nextPiece;
    private bool _isReleased;

    public RequestBuffer(LoopBuffers owner)
    {
        _owner = owner;
        _job = new SpillJob(owner, static state => ((RequestBuffer)state!).OnJobDone(), this);
    }

    /// <summary>Number of bytes held.</summary>
    public long Length { get; private set; }

    /// <summary>Whether bytes were lost because the temporary file could not be read.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Whether all bytes have been read since <see cref="Rewind"/>.</summary>
    public bool IsAtEnd => _fileReadOffset == _fileBytes && _nextPiece == _pieces.Count && !_job.IsRunning;

    private BufferBudget Budget => _owner.Store.Budget;

    private long MemoryBytes => Length - _fileBytes;

    /// <summary>
    /// Copies bytes that have already been received, even beyond the bounds; <see cref="CheckRoom"/> tells whether more
    /// bytes may follow.
    /// </summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_fill is null || _fillBytes == _fill.Bytes.Length)
            {
                Seal();

                // Most bodies are small, and many slow clients should not hold large blocks for a few bytes each.
                _fill = Length < BlockBytes && bytes.Length <= BufferPool.SmallBytes ? RentSmall() : RentLarge();
            }

            var count = Math.Min(bytes.Length, _fill.Bytes.Length - _fillBytes);
            bytes[..count].CopyTo(_fill.Bytes.AsSpan(_fillBytes));
            bytes = bytes[count..];
            _fillBytes += count;
            Length += count;
        }
    }

    /// <summary>Checks whether the body may grow, and begins to write it to a temporary file if memory runs out.</summary>
    public BufferRoom CheckRoom()
    {
        // Up to a block of the file stays unused, because pieces are not divided, and so many bytes more stay in memory.
        var most = _owner.Store.Options.ConnectionMemoryBytes;
        var isExceeded = Budget.IsMemoryExceeded && MemoryBytes > 0;
        var isFull = isExceeded || MemoryBytes > most + BlockBytes;
        var isToShrink = isExceeded || MemoryBytes > most || (Budget.IsMemoryScarce && MemoryBytes > ScarceBytes);
        if ((isToShrink || _fileBytes > 0) && !_job.IsRunning)
        {
            StartWrite(mayTakeAll: isToShrink);
        }

        return isToShrink && _job.IsRunning ? BufferRoom.AfterWork : isFull ? BufferRoom.None : BufferRoom.Open;
    }

    /// <summary>Begins to read at the start.</summary>
    public void Rewind()
    {
        Seal();
        _fileReadOffset = 0;
        _nextPiece = 0;
    }

    /// <summary>Returns the bytes to read next, if <see cref="IsAtEnd"/> is not reached.</summary>
    /// <returns>False if they are in the temporary file; see <see cref="WaitForWorkAsync"/>.</returns>
    public bool TryPeek(out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (_job.IsRunning || IsLost)
        {
            return false;
        }

        if (_fileReadOffset == _fileBytes)
        {
            bytes = _pieces[_nextPiece].Bytes;
            return true;
        }

        if (_fileChunk is { } chunk && _fileChunkOffset == _fileReadOffset)
        {
            bytes = chunk.Bytes;
            return true;
        }

        StartRead();
        return false;
    }

    /// <summary>Moves the reading position behind the bytes that <see cref="TryPeek"/> returned.</summary>
    public void Advance()
    {
        if (_fileReadOffset < _fileBytes)
        {
            _fileReadOffset += _fileChunk!.Value.Length;
        }
        else
        {
            _nextPiece++;
        }
    }

    /// <summary>Waits until the work on the temporary file has ended, or until <see cref="WakeSoon"/>.</summary>
    public ValueTask WaitForWorkAsync() => _workEnded.WaitAsync();

    /// <summary>Ends the wait for the temporary file soon.</summary>
    public void WakeSoon() => _owner.Loop.Post(static buffer => ((RequestBuffer)buffer!)._workEnded.Set(), this);

    /// <summary>Frees memory and file; the bytes are lost. The buffer must not be used afterwards.</summary>
    public void Release()
    {
        _isReleased = true;
        Seal();
        foreach (var piece in _pieces)
        {
            Return(piece.Block);
        }

        _pieces.Clear();
        if (_fileChunk is { } chunk)
        {
            _fileChunk = null;
            Return(chunk.Block);
        }

        EndUseIfUnused();
    }

    private void Seal()
    {
        if (_fill is { } block)
        {
            _pieces.Add(new Piece(block, 0, _fillBytes));
            _fill = null;
            _fillBytes = 0;
        }
    }

    /// <summary>Begins to move pieces to the temporary file, if there may be one and it may grow.</summary>
    /// <param name="mayTakeAll">Whether the block that is being filled goes too, if it is the only one.</param>
    private void StartWrite(bool mayTakeAll)
    {
        if (!_owner.MaySpill || (!_job.HasFile && !_owner.Store.Disk!.HasFileLeft))
        {
            return;
        }

        if (mayTakeAll && _pieces.Count == 0)
        {
            Seal();
        }

        var bytes = 0L;
        var count = 0;
        while (count < _pieces.Count && count < MaxPiecesPerJob && TryReserveDisk(bytes + _pieces[count].Length))
        {
            bytes += _pieces[count].Length;
            _job.Pieces.Enqueue(_pieces[count++]);
        }

        if (count == 0)
        {
            return;
        }

        if (!_job.HasFile)
        {
            Budget.CountSpill();
        }

        _pieces.RemoveRange(0, count);
        _job.Write(_fileBytes, long.MaxValue);
    }

    /// <summary>Reserves room in the file for so many bytes after those in it.</summary>
    private bool TryReserveDisk(long bytes)
    {
        if (_fileBytes + bytes > _owner.Store.Options.ConnectionDiskBytes)
        {
            return false;
        }

        while (_diskReserved < _fileBytes + bytes)
        {
            if (!Budget.TryReserveDisk(DiskStepBytes))
            {
                return false;
            }

            _diskReserved += DiskStepBytes;
        }

        return true;
    }

    private void StartRead()
    {
        var block = _fileChunk?.Block ?? RentLarge();
        _fileChunk = null;
        _fileChunkOffset = _fileReadOffset;
        _job.Read(block, _fileReadOffset, (int)Math.Min(_fileBytes - _fileReadOffset, BlockBytes), long.MaxValue);
    }

    private void OnJobDone()
    {
        var read = _job.End();
        foreach (var block in _job.WrittenBlocks)
        {
            Return(block);
        }

        _job.WrittenBlocks.Clear();
        if (_isReleased)
        {
            DropJob(read);
            EndUseIfUnused();
            return;
        }

        if (read is { } chunk)
        {
            OnRead(chunk);
        }
        else
        {
            OnWritten();
        }

        _workEnded.Set();
    }

    private void OnRead(Piece chunk)
    {
        if (_job.Fault is not { } fault)
        {
            _fileChunk = chunk;
            return;
        }

        IsLost = true;
        Return(chunk.Block);
        _owner.OnDiskFailed(fault);
    }

    private void OnWritten()
    {
        _fileBytes += _job.DoneBytes;
        if (_job.Fault is not { } fault)
        {
            _owner.Store.OnDiskWorked();
            return;
        }

        // The pieces that were not written are still in memory; they come before those that arrived meanwhile.
        _owner.OnDiskFailed(fault);
        _pieces.InsertRange(0, _job.Pieces);
        _job.Pieces.Clear();
    }

    private void DropJob(Piece? read)
    {
        while (_job.Pieces.TryDequeue(out var piece))
        {
            Return(piece.Block);
        }

        if (read is { } chunk)
        {
            Return(chunk.Block);
        }
    }

    /// <summary>Ends the use after a release, as soon as no job works on the file.</summary>
    private void EndUseIfUnused()
    {
        if (_job.IsRunning)
        {
            return;
        }

        _job.CloseFile();
        Budget.ReleaseDisk(_diskReserved);
        _diskReserved = 0;
        _fileBytes = 0;
        _fileReadOffset = 0;
        _nextPiece = 0;
        Length = 0;
        IsLost = false;
        _isReleased = false;
        _owner.Return(this);
    }

    private BufferBlock RentSmall()
    {
        Budget.ReserveMemory(BufferPool.SmallBytes);
        return _owner.Blocks.RentSmall();
    }

    private BufferBlock RentLarge()
    {
        Budget.ReserveMemory(BlockBytes);
        return _owner.Blocks.RentLarge();
    }

    private void Return(BufferBlock block)
    {
        Budget.ReleaseMemory(block.Bytes.Length);
        _owner.Blocks.Return(block);
    }
}
