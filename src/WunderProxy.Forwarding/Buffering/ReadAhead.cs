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
/// <remarks>The order of the bytes: the pieces of the queue, and the block that is being filled.</remarks>
internal sealed class ReadAhead : PipeWriter, IValueTaskSource<FlushResult>
{
    // How soon a writer that waits for the bounds of all connections tries again.
    private const int RetryMilliseconds = 100;

    // How often a body that is still held looks whether it should make room for others.
    private const int ShrinkMilliseconds = 500;

    private readonly LoopBuffers _owner;
    private readonly ReservedBlocks _blocks;
    private readonly SpillQueue _queue;
    private readonly RetryTimer _timer;
    private readonly ShrinkTimer _shrinkTimer;
    private readonly LoopSignal _frontReady = new();
    private BufferBlock? _fill;
    private int _fillStart;
    private int _fillEnd;
    private int _frontTaken;
    private bool _isReleased;
    private ReadOnlyMemory<byte> _pending;
    private LoopWait _wait;

    public ReadAhead(LoopBuffers owner)
    {
        _owner = owner;
        _blocks = new ReservedBlocks(owner);
        _queue = new SpillQueue(owner, _blocks, static state => ((ReadAhead)state!).OnJobDone(), this);
        _timer = new RetryTimer(this);
        _shrinkTimer = new ShrinkTimer(this);
    }

    /// <summary>Number of bytes held and not yet taken from the front.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Whether bytes were lost because the temporary file could not be read.</summary>
    public bool IsLost => _queue.IsLost;

    /// <summary>Whether the body counts already among those that went to a file; an earlier use may have counted it.</summary>
    public bool IsSpillCounted
    {
        get => _queue.IsSpillCounted;
        set => _queue.IsSpillCounted = value;
    }

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <summary>Always 0: bytes can be taken from the front as soon as they are written.</summary>
    public override long UnflushedBytes => 0;

    /// <summary>Starts a use; the caller has reserved the memory of so many blocks.</summary>
    public void Begin(int reservedBlocks)
    {
        _blocks.Begin(reservedBlocks);
        _queue.Begin();
        _isReleased = false;
        ArmShrinkTimer();
    }

    /// <summary>Records that the first bytes were written, by way of <see cref="GetMemory"/>.</summary>
    public void OnFilled() => ShrinkIfScarce();

    /// <summary>Records that the receiver's output has sent what it kept, whose block can be used for other bytes.</summary>
    public void OnOutputEmptied()
    {
        _blocks.OnOutputEmptied();
        Admit();
    }

    /// <summary>Returns the bytes to send next.</summary>
    /// <returns>False if there are none in memory at present; see <see cref="WaitForFrontAsync"/>.</returns>
    public bool TryPeek(out ReadOnlyMemory<byte> bytes)
    {
        if (_queue.FrontCount == 0)
        {
            Work();
        }

        if (_queue.TryPeek(out var piece))
        {
            bytes = piece.Bytes[_frontTaken..];
            return true;
        }

        bytes = _queue.IsSpilling || _fill is null ? default : _fill.Bytes.AsMemory(_fillStart, _fillEnd - _fillStart);
        return !bytes.IsEmpty;
    }

    /// <summary>Removes bytes from the front, which were sent.</summary>
    public void Consume(int count)
    {
        HeldBytes -= count;
        if (_queue.TryPeek(out var piece))
        {
            _frontTaken += count;
            if (_frontTaken == piece.Length)
            {
                _frontTaken = 0;
                _queue.Dequeue();
            }
        }
        else
        {
            _fillStart += count;
            if (_fillStart == _fillEnd)
            {
                ReturnFill();
            }
        }

        Work();
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
        _owner.Loop.Timers.Disarm(_shrinkTimer);
        _blocks.OnReleased();
        _queue.Clear();
        ReturnFill();
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
            _fill = (sizeHint <= ReservedBlocks.BlockBytes ? _blocks.TryRent() : null) ?? _blocks.Rent(sizeHint);
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
                if (_blocks.TryRent() is not { } block)
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
        if (_blocks.IsBeyondBounds)
        {
            OnNoRoom();
            return false;
        }

        if (_queue.IsSpilling)
        {
            Work();
        }

        return true;
    }

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
        Work();
        Admit();
    }

    /// <summary>
    /// Moves bytes to a file if memory has become scarce. The writer may have ended long ago, so that nothing else would
    /// do it, and slow receivers of small bodies would keep the memory of all.
    /// </summary>
    private void ShrinkIfScarce()
    {
        if (_blocks.IsToShrink)
        {
            Spill();
        }
    }

    private void OnStillHeld()
    {
        ShrinkIfScarce();
        ArmShrinkTimer();
    }

    private void ArmShrinkTimer() =>
        _owner.Loop.Timers.Arm(_shrinkTimer, _owner.Loop.NowMilliseconds, ShrinkMilliseconds);

    /// <summary>Puts the block that is being filled behind the others.</summary>
    private void Seal()
    {
        if (_fill is { } block && _fillStart < _fillEnd)
        {
            _fill = null;
            _queue.Enqueue(new Piece(block, _fillStart, _fillEnd));
        }
        else
        {
            ReturnFill();
        }
    }

    private void ReturnFill()
    {
        if (_fill is { } block)
        {
            _fill = null;
            _blocks.Return(block);
        }
    }

    /// <summary>Begins to move all but the first piece to a temporary file, if that is possible at present.</summary>
    private void Spill()
    {
        if (!_queue.IsSpilling && _owner.MaySpill && _owner.Store.Disk!.HasFileLeft)
        {
            if (_queue.FrontCount == 0)
            {
                // The bytes that are being sent stay in memory.
                Seal();
            }

            if (_queue.FrontCount == 0 || _queue.FrontCount + (_fill is null ? 0 : 1) < 2)
            {
                return;
            }

            _queue.Spill();
        }

        Work();
    }

    private void Work() => _queue.Work(isMoreWritten: _fill is not null);

    private void OnJobDone()
    {
        _queue.EndJob(_isReleased);
        if (_isReleased)
        {
            EndUseIfUnused();
            return;
        }

        Work();
        Admit();
        if (_queue.FrontCount > 0 || IsLost || !_queue.IsSpilling)
        {
            _frontReady.Set();
        }
    }

    /// <summary>
    /// Ends the use after a release, as soon as no job works on the file and the writer has been told that its wait is
    /// over: another use must not find a wait of this one.
    /// </summary>
    private void EndUseIfUnused()
    {
        if (_isReleased && !_queue.IsWorking && _wait.IsIdle)
        {
            _isReleased = false;
            _queue.Close();
            _blocks.End();
            _owner.Return(this);
        }
    }

    /// <summary>Tries again after a while.</summary>
    private sealed class RetryTimer(ReadAhead ahead) : LoopTimer
    {
        protected internal override void OnElapsed() => ahead.OnRetry();
    }

    /// <summary>Looks now and then whether memory has become scarce.</summary>
    private sealed class ShrinkTimer(ReadAhead ahead) : LoopTimer
    {
        protected internal override void OnElapsed() => ahead.OnStillHeld();
    }
}
