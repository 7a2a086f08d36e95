namespace WunderProxy.Forwarding.Buffering;

/// <summary>
/// The front of a body in a temporary file, which is written from its start and read in chunks of a block. Used on one
/// loop.
/// </summary>
/// <remarks>At most one job works on the file. It owns its blocks until it has ended, also after a close.</remarks>
internal sealed class RequestFile
{
    /// <summary>Room in files is reserved in steps of so many bytes.</summary>
    public const long StepBytes = 1 << 20;

    private const int MaxPiecesPerJob = 8;

    private readonly LoopBuffers _owner;
    private readonly Action _onWorked;
    private readonly SpillJob _job;
    private long _reserved;
    private Piece? _chunk;
    private long _chunkOffset;
    private bool _isClosed;

    /// <summary>Creates the file's object; the file itself is made when the first bytes are written.</summary>
    /// <param name="owner">The buffers of the loop.</param>
    /// <param name="onWorked">Called on the loop when <see cref="IsWorking"/> becomes false.</param>
    public RequestFile(LoopBuffers owner, Action onWorked)
    {
        _owner = owner;
        _onWorked = onWorked;
        _job = new SpillJob(owner, static state => ((RequestFile)state!).OnJobDone(), this);
    }

    /// <summary>Bytes of the held request body that were written to the temporary file.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether a thread works on the file, or soon will.</summary>
    public bool IsWorking => _job.IsRunning;

    /// <summary>Whether bytes were lost because the file could not be read.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Whether there is a file that may grow, or may be made.</summary>
    public bool MayGrow => _owner.MaySpill && (_job.HasFile || _owner.Store.Disk!.HasFileLeft);

    private BufferBudget Budget => _owner.Store.Budget;

    /// <summary>Begins to write the first of the pieces, as far as there is room, and removes them from the list.</summary>
    public void Write(List<Piece> pieces)
    {
        var bytes = 0L;
        var count = 0;
        while (count < pieces.Count && count < MaxPiecesPerJob && TryReserve(bytes + pieces[count].Length))
        {
            bytes += pieces[count].Length;
            _job.Pieces.Enqueue(pieces[count++]);
        }

        if (count == 0)
        {
            return;
        }

        if (!_job.HasFile)
        {
            Budget.CountSpill();
        }

        pieces.RemoveRange(0, count);
        _job.Write(Bytes, long.MaxValue);
    }

    /// <summary>Puts the pieces that a failed write has left before those that arrived meanwhile.</summary>
    public void TakeBack(List<Piece> pieces)
    {
        pieces.InsertRange(0, _job.Pieces);
        _job.Pieces.Clear();
    }

    /// <summary>Returns the chunk that begins at an offset, or begins to read it.</summary>
    public bool TryPeek(long offset, out ReadOnlyMemory<byte> bytes)
    {
        if (_chunk is { } chunk && _chunkOffset == offset)
        {
            bytes = chunk.Bytes;
            return true;
        }

        bytes = default;
        var block = _chunk?.Block ?? _owner.RentLarge();
        _chunk = null;
        _chunkOffset = offset;
        _job.Read(block, offset, (int)Math.Min(Bytes - offset, block.Bytes.Length), long.MaxValue);
        return false;
    }

    /// <summary>Frees memory and file, as soon as nothing works on it.</summary>
    public void Close()
    {
        _isClosed = true;
        if (_chunk is { } chunk)
        {
            _chunk = null;
            _owner.Return(chunk.Block);
        }

        if (!IsWorking)
        {
            EndUse();
        }
    }

    /// <summary>Reserves room for so many bytes after those in the file.</summary>
    private bool TryReserve(long bytes)
    {
        if (Bytes + bytes > _owner.Store.Options.ConnectionDiskBytes)
        {
            return false;
        }

        while (_reserved < Bytes + bytes)
        {
            if (!Budget.TryReserveDisk(StepBytes))
            {
                return false;
            }

            _reserved += StepBytes;
        }

        return true;
    }

    private void OnJobDone()
    {
        var read = _job.End();
        foreach (var block in _job.WrittenBlocks)
        {
            _owner.Return(block);
        }

        _job.WrittenBlocks.Clear();
        if (_isClosed)
        {
            DropJob(read);
            EndUse();
        }
        else if (read is { } chunk)
        {
            OnRead(chunk);
        }
        else
        {
            OnWritten();
        }

        _onWorked();
    }

    private void OnRead(Piece chunk)
    {
        if (_job.Fault is not { } fault)
        {
            _chunk = chunk;
            return;
        }

        IsLost = true;
        _owner.Return(chunk.Block);
        _owner.OnDiskFailed(fault);
    }

    private void OnWritten()
    {
        Bytes += _job.DoneBytes;
        if (_job.Fault is { } fault)
        {
            _owner.OnDiskFailed(fault);
        }
        else
        {
            _owner.Store.OnDiskWorked();
        }
    }

    private void DropJob(Piece? read)
    {
        while (_job.Pieces.TryDequeue(out var piece))
        {
            _owner.Return(piece.Block);
        }

        if (read is { } chunk)
        {
            _owner.Return(chunk.Block);
        }
    }

    private void EndUse()
    {
        var reserved = _reserved;
        _reserved = 0;
        _job.CloseFile(reserved);
        Bytes = 0;
        IsLost = false;
        _isClosed = false;
    }
}
