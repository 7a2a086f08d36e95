namespace WunderProxy.Forwarding.Buffering;

/// <summary>
/// The pieces of one body in their order, the middle of which may lie in a temporary file. Used on one loop.
/// </summary>
/// <remarks>
/// <para>The order of the bytes: <c>_front</c>, the temporary file, the pieces that a job writes, and <c>_back</c>.
/// Without a file, all pieces are in <c>_front</c>.</para>
/// <para>At most one job works on the file. It owns its blocks until it has ended, also after a release.</para>
/// </remarks>
internal sealed class SpillQueue
{
    private const int MaxPiecesPerJob = 8;

    private readonly LoopBuffers _owner;
    private readonly ReservedBlocks _blocks;
    private readonly SpillRing _ring;
    private readonly SpillJob _job;
    private readonly Queue<Piece> _front = new();
    private readonly Queue<Piece> _back = new();

    /// <summary>Creates the queue of one buffered response, with nothing in memory and no temporary file yet.</summary>
    /// <param name="owner">The loop's part of the buffers.</param>
    /// <param name="blocks">The blocks of the body.</param>
    /// <param name="onJobDone">Called on the loop when a job has ended, which <see cref="EndJob"/> has to follow.</param>
    /// <param name="state">The argument of <paramref name="onJobDone"/>.</param>
    public SpillQueue(LoopBuffers owner, ReservedBlocks blocks, Action<object?> onJobDone, object state)
    {
        _owner = owner;
        _blocks = blocks;
        _ring = new SpillRing(owner.Store);
        _job = new SpillJob(owner, onJobDone, state);
    }

    /// <summary>Number of pieces that can be taken without waiting for the file.</summary>
    public int FrontCount => _front.Count;

    /// <summary>Whether pieces go through a file.</summary>
    public bool IsSpilling { get; private set; }

    /// <summary>Whether bytes were lost because the file could not be read.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Whether a job works on the file, or soon will.</summary>
    public bool IsWorking => _job.IsRunning;

    /// <summary>Whether the present body counts already among those that went to a file.</summary>
    public bool IsSpillCounted { get; set; }

    /// <summary>Forgets what happened to an earlier body.</summary>
    public void Begin()
    {
        IsLost = false;
        IsSpillCounted = false;
    }

    /// <summary>Adds a piece after all others.</summary>
    public void Enqueue(in Piece piece) => (IsSpilling ? _back : _front).Enqueue(piece);

    /// <summary>Returns the first piece, if it is in memory.</summary>
    public bool TryPeek(out Piece piece) => _front.TryPeek(out piece);

    /// <summary>Removes the first piece, and returns its block.</summary>
    public void Dequeue() => _blocks.Return(_front.Dequeue().Block);

    /// <summary>Begins to move all but the first piece to a file. <see cref="Work"/> has to follow.</summary>
    public void Spill()
    {
        IsSpilling = true;
        var first = _front.Dequeue();
        while (_front.TryDequeue(out var piece))
        {
            _back.Enqueue(piece);
        }

        _front.Enqueue(first);
    }

    /// <summary>Starts the next work on the file, if there is any, or goes on without a file.</summary>
    /// <param name="isMoreWritten">Whether bytes follow that are not in this queue yet.</param>
    public void Work(bool isMoreWritten)
    {
        if (_job.IsRunning || !IsSpilling || IsLost)
        {
            return;
        }

        if (_ring.HeldBytes > 0 && _front.Count < (_blocks.IsScarce ? 1 : 2) && TryStartRead())
        {
            return;
        }

        if (_ring.HeldBytes == 0 && (_front.Count == 0 || (_back.Count == 0 && !isMoreWritten)))
        {
            Unspill();
        }
        else if (_back.Count > 0 && _owner.MaySpill)
        {
            TryStartWrite();
        }
    }

    /// <summary>Ends the job that has reported its end: takes what it read, or returns the blocks that it wrote.</summary>
    /// <param name="isReleased">Whether the body was released meanwhile, so that all of it is dropped.</param>
    public void EndJob(bool isReleased)
    {
        var read = _job.End();
        foreach (var block in _job.WrittenBlocks)
        {
            _blocks.Return(block);
        }

        _job.WrittenBlocks.Clear();
        if (isReleased)
        {
            DropJob(read);
        }
        else if (read is { } piece)
        {
            OnRead(piece);
        }
        else
        {
            OnWritten();
        }
    }

    /// <summary>Returns the blocks of all pieces but those of a running job.</summary>
    public void Clear()
    {
        _blocks.ReturnAll(_front);
        _blocks.ReturnAll(_back);
    }

    /// <summary>Closes the file; no job may be running.</summary>
    public void Close()
    {
        IsSpilling = false;
        _job.CloseFile(_ring.Clear());
    }

    private bool TryStartRead()
    {
        var block = _blocks.TryRent();
        if (block is null && _front.Count > 0)
        {
            return false;
        }

        block ??= _blocks.Rent(0);
        var length = (int)Math.Min(_ring.HeldBytes, ReservedBlocks.BlockBytes);
        _job.Read(block, _ring.ReadPosition, length, _ring.MaxBytes);
        return true;
    }

    private void TryStartWrite()
    {
        var bytes = 0L;
        while (_job.Pieces.Count < MaxPiecesPerJob && _back.TryPeek(out var piece) && _ring.TryReserve(bytes + piece.Length))
        {
            bytes += piece.Length;
            _job.Pieces.Enqueue(_back.Dequeue());
        }

        if (bytes > 0)
        {
            _job.Write(_ring.WritePosition, _ring.MaxBytes);
        }
    }

    /// <summary>Goes on without a file, because the receiver has caught up with it.</summary>
    private void Unspill()
    {
        while (_back.TryDequeue(out var piece))
        {
            _front.Enqueue(piece);
        }

        Close();
    }

    private void OnRead(in Piece piece)
    {
        if (_job.Fault is { } fault)
        {
            IsLost = true;
            _blocks.Return(piece.Block);
            _owner.OnDiskFailed(fault);
            return;
        }

        _ring.OnRead(piece.Length);
        _front.Enqueue(piece);
    }

    private void OnWritten()
    {
        _ring.OnWritten(_job.DoneBytes);
        if (_job.DoneBytes > 0 && !IsSpillCounted)
        {
            IsSpillCounted = true;
            _owner.Store.Budget.CountSpill();
        }

        if (_job.Fault is not { } fault)
        {
            _owner.Store.OnDiskWorked();
            return;
        }

        // What was not written is still in memory, and comes before what was added meanwhile.
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

    private void DropJob(Piece? read)
    {
        _blocks.ReturnAll(_job.Pieces);
        if (read is { } piece)
        {
            _blocks.Return(piece.Block);
        }
    }
}
