using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>
/// The receiving side of a connection: receives on demand, into a block that is rented only while it holds bytes.
/// </summary>
/// <remarks>
/// A token given to <see cref="ReadAsync"/> is checked on entry only; <see cref="CancelPendingRead"/> ends a wait.
/// </remarks>
internal sealed class StreamInput(StreamConnection connection) : PipeReader, IValueTaskSource<ReadResult>, IValueTaskSource
{
    private BlockChain _bytes;
    private bool _allExamined = true;
    private bool _mayReceive;
    private bool _hasEnded;
    private bool _hasFilledBlock;
    private bool _cancelRequested;
    private bool _isYielding;
    private bool _waitsWithoutReceiving;
    private LoopWait _wait;
    private TurnShare _share;

    private BufferPool Pool => connection.WorkLoop.Buffers;

    /// <summary>Whether no byte is buffered and no read is outstanding.</summary>
    public bool IsEmpty => !_bytes.HasBlock && !_hasEnded && _wait.IsIdle;

    /// <summary>Whether a receive may find bytes.</summary>
    public bool MayReceive => _mayReceive;

    /// <summary>Whether no byte is buffered or waits in the socket; asks the socket only if necessary.</summary>
    public bool IsQuiet()
    {
        if (_bytes.HasBlock || _hasEnded || !_wait.IsIdle)
        {
            return false;
        }

        if (!_mayReceive)
        {
            return true;
        }

        switch (connection.Peek())
        {
            case IoStatus.WouldBlock:
                StopReceiving();
                return true;
            case 0:
                connection.NoteRemoteClosed(CloseReason.RemoteFinished);
                return false;
            case IoStatus.Broken:
                connection.NoteRemoteClosed(CloseReason.RemoteReset);
                return false;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryRead(out var result))
        {
            return new ValueTask<ReadResult>(result);
        }

        if (!_wait.IsIdle)
        {
            throw new InvalidOperationException("A read is outstanding already.");
        }

        _wait.Begin();
        YieldOrShrink();
        return new ValueTask<ReadResult>(this, _wait.Version);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        var isReady = _wait.IsIdle
            && (_cancelRequested || !_allExamined || _hasEnded || (_mayReceive && _share.TryTake(connection.WorkLoop.Turn) && Receive()));
        result = isReady ? TakeResult() : default;
        return isReady;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _allExamined = _bytes.EndsAt(examined);
        _bytes.TakeTo(consumed, Pool);
        if (connection.IsClosed || !_bytes.HasBlock)
        {
            Release();
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        _cancelRequested = true;
        WakeWaiter();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => Release();

    /// <summary>Handles the event that the socket may have bytes, or its end.</summary>
    public void OnReadable()
    {
        _mayReceive = true;
        if (!_isYielding)
        {
            ReceiveForWaiter();
        }
    }

    /// <summary>Waits until a receive may find bytes, and leaves them in the socket.</summary>
    public ValueTask WaitForReadableAsync()
    {
        if (_cancelRequested || _hasEnded)
        {
            _cancelRequested = false;
            return default;
        }

        _wait.Begin();
        _waitsWithoutReceiving = true;
        YieldOrShrink();
        return new ValueTask(this, _wait.Version);
    }

    /// <summary>Ends a wait of <see cref="WaitForReadableAsync"/> soon, for a reason outside this connection.</summary>
    public void EndWaitSoon()
    {
        if (_waitsWithoutReceiving)
        {
            WakeWaiter();
        }
    }

    /// <summary>
    /// Records the result of a receive by other code: a number of bytes, 0 at the end, or an <see cref="IoStatus"/>.
    /// </summary>
    public void NoteReceived(int received)
    {
        if (received == IoStatus.WouldBlock)
        {
            StopReceiving();
        }
        else if (received <= 0)
        {
            _hasEnded = true;
            _mayReceive = false;
            connection.NoteRemoteClosed(received == 0 ? CloseReason.RemoteFinished : CloseReason.RemoteReset);
        }
    }

    /// <summary>
    /// Completes a pending read and drops buffered bytes, because this process closed the connection.
    /// </summary>
    public void OnClosed()
    {
        _hasEnded = true;
        _mayReceive = false;

        // Without a pending read the reader may still hold the buffered bytes; its next call releases them.
        if (_wait.IsWaiting)
        {
            Release();
        }

        WakeWaiter();
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _wait.End(token);
        return TakeResult();
    }

    void IValueTaskSource.GetResult(short token)
    {
        _wait.End(token);
        _waitsWithoutReceiving = false;
        _cancelRequested = false;
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _wait.Status;

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(connection.WorkLoop, continuation, state);

    private ReadResult TakeResult()
    {
        var isCanceled = _cancelRequested;
        _cancelRequested = false;
        if (connection.IsClosed)
        {
            Release();
        }

        return new ReadResult(_bytes.Bytes, isCanceled, _hasEnded);
    }

    private void YieldOrShrink()
    {
        if (!_mayReceive)
        {
            _bytes.Shrink(Pool);
        }
        else if (!_isYielding)
        {
            _isYielding = true;
            connection.WorkLoop.Post(static input => ((StreamInput)input!).OnTurnCameRound(), this);
        }
    }

    private void OnTurnCameRound()
    {
        _isYielding = false;
        ReceiveForWaiter();
    }

    private void ReceiveForWaiter()
    {
        if (!_wait.IsWaiting || !_mayReceive)
        {
            return;
        }

        if (_waitsWithoutReceiving)
        {
            _wait.CompleteNow();
            return;
        }

        _ = _share.TryTake(connection.WorkLoop.Turn);
        if (Receive())
        {
            _wait.CompleteNow();
        }
        else
        {
            _bytes.Shrink(Pool);
        }
    }

    /// <summary>Receives once into the buffer.</summary>
    /// <returns>Whether the reader has something to see: bytes, or the end.</returns>
    private bool Receive()
    {
        if (_bytes.Room == 0)
        {
            _bytes.Append(_hasFilledBlock && connection.ReceivesBulk ? Pool.RentBulk() : Pool.RentLarge());
        }

        var space = _bytes.Space.Span;
        var received = connection.Receive(space);
        if (received <= 0)
        {
            _bytes.ReleaseIfEmpty(Pool);
            NoteReceived(received);
            return received != IoStatus.WouldBlock;
        }

        _bytes.Add(received);
        _allExamined = false;
        _hasFilledBlock = received >= BufferPool.LargeBytes;
        if (received < space.Length && !connection.IsRemoteClosed)
        {
            StopReceiving();
        }

        return true;
    }

    private void StopReceiving()
    {
        _mayReceive = false;
        connection.AwaitReadable();
    }

    private void WakeWaiter()
    {
        if (_wait.IsWaiting)
        {
            _wait.CompleteSoon(connection.WorkLoop);
        }
    }

    private void Release()
    {
        _bytes.Release(Pool);
        _allExamined = true;
    }
}
