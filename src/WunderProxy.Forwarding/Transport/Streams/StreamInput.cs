using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>The receiving side: reads when asked, into a block that is rented only while it holds bytes.</summary>
/// <remarks>A token given to <see cref="ReadAsync"/> is looked at on entry only; a wait ends by <see cref="CancelPendingRead"/>.</remarks>
internal sealed class StreamInput(StreamConnection connection) : PipeReader, IValueTaskSource<ReadResult>, IValueTaskSource
{
    // A stream that is always ready gives way after so many receives in one turn of the loop.
    private const int MaxReceivesPerTurn = 4;

    // Leftovers up to this size move to a small block while their rest is awaited.
    private const int MaxMovedBytes = BufferPool.SmallBytes / 2;

    private BufferBlock? _head;
    private BufferBlock? _tail;
    private int _headOffset;
    private int _tailOffset;
    private bool _allExamined = true;
    private bool _mayReceive;
    private bool _hasEnded;
    private bool _cancelRequested;
    private bool _isYielding;
    private bool _waitsWithoutReceiving;
    private LoopWait _wait;
    private byte _receivesInTurn;
    private uint _turn;

    /// <summary>Whether nothing is buffered and nobody reads.</summary>
    public bool IsEmpty => _head is null && !_hasEnded && _wait.IsIdle;

    /// <summary>Whether a receive may find something.</summary>
    public bool MayReceive => _mayReceive;

    /// <summary>Whether nothing is buffered and nothing waits in the socket; asks the socket only when it must.</summary>
    public bool IsQuiet()
    {
        if (_head is not null || _hasEnded || !_wait.IsIdle)
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
                connection.NotePeerClosed(CloseReason.PeerFinished);
                return false;
            case IoStatus.Broken:
                connection.NotePeerClosed(CloseReason.PeerReset);
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
        if (_mayReceive && !_isYielding)
        {
            _isYielding = true;
            connection.WorkLoop.Post(static input => ((StreamInput)input!).OnTurnCameRound(), this);
        }
        else if (!_mayReceive)
        {
            MoveLeftover();
        }

        return new ValueTask<ReadResult>(this, _wait.Version);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        var isReady = _wait.IsIdle
            && (_cancelRequested || !_allExamined || _hasEnded || (_mayReceive && HasShareOfTurn() && Receive()));
        result = isReady ? TakeResult() : default;
        return isReady;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_head is null || consumed.GetObject() is not BufferBlock block)
        {
            _allExamined = true;
            return;
        }

        _allExamined = examined.GetObject() == _tail && examined.GetInteger() == _tailOffset;
        while (_head != block)
        {
            DropHead();
        }

        _headOffset = consumed.GetInteger();
        if (_head == _tail && _headOffset == _tailOffset)
        {
            ReleaseBlocks();
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        _cancelRequested = true;
        WakeWaiter();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => ReleaseBlocks();

    /// <summary>The socket may have bytes, or its end.</summary>
    public void OnReadable()
    {
        _mayReceive = true;
        if (!_isYielding)
        {
            ReceiveForWaiter();
        }
    }

    /// <summary>Waits until a receive may find something, and leaves it in the socket.</summary>
    public ValueTask WaitForReadableAsync()
    {
        if (_cancelRequested || _hasEnded)
        {
            _cancelRequested = false;
            return default;
        }

        _wait.Begin();
        _waitsWithoutReceiving = true;
        if (_mayReceive && !_isYielding)
        {
            _isYielding = true;
            connection.WorkLoop.Post(static input => ((StreamInput)input!).OnTurnCameRound(), this);
        }

        return new ValueTask(this, _wait.Version);
    }

    /// <summary>Somebody else received, or tried to: bytes, 0 at the end, or an <see cref="IoStatus"/>.</summary>
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
            connection.NotePeerClosed(received == 0 ? CloseReason.PeerFinished : CloseReason.PeerReset);
        }
    }

    /// <summary>The connection was closed here: a pending read completes, and what was buffered is gone.</summary>
    public void OnClosed()
    {
        _hasEnded = true;
        _mayReceive = false;
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
        var bytes = _head is null
            ? ReadOnlySequence<byte>.Empty
            : new ReadOnlySequence<byte>(_head, _headOffset, _tail!, _tailOffset);
        return new ReadResult(bytes, isCanceled, _hasEnded);
    }

    private bool HasShareOfTurn()
    {
        if (_turn != connection.WorkLoop.Turn)
        {
            _turn = connection.WorkLoop.Turn;
            _receivesInTurn = 0;
        }

        if (_receivesInTurn == MaxReceivesPerTurn)
        {
            return false;
        }

        _receivesInTurn++;
        return true;
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

        _ = HasShareOfTurn();
        if (Receive())
        {
            _wait.CompleteNow();
        }
        else
        {
            MoveLeftover();
        }
    }

    /// <summary>Receives once.</summary>
    /// <returns>Whether a reader has something to see: bytes or the end.</returns>
    private bool Receive()
    {
        var space = SpaceAtTail();
        var received = connection.Receive(space);
        if (received > 0)
        {
            _tailOffset += received;
            _allExamined = false;
            if (received < space.Length && !connection.IsPeerClosed)
            {
                StopReceiving();
            }

            return true;
        }

        if (_head == _tail && _headOffset == _tailOffset)
        {
            ReleaseBlocks();
        }

        NoteReceived(received);
        return received != IoStatus.WouldBlock;
    }

    private void StopReceiving()
    {
        _mayReceive = false;
        connection.AwaitReadable();
    }

    private Span<byte> SpaceAtTail()
    {
        if (_tail is null)
        {
            _head = _tail = connection.WorkLoop.Buffers.RentLarge();
            _headOffset = _tailOffset = 0;
        }
        else if (_tailOffset == _tail.Bytes.Length)
        {
            var next = connection.WorkLoop.Buffers.RentLarge();
            _tail.Append(next, _tailOffset);
            _tail = next;
            _tailOffset = 0;
        }

        return _tail.Bytes.AsSpan(_tailOffset);
    }

    private void MoveLeftover()
    {
        var length = _tailOffset - _headOffset;
        if (_head is null || _head != _tail || length > MaxMovedBytes || _head.Bytes.Length == BufferPool.SmallBytes)
        {
            return;
        }

        var small = connection.WorkLoop.Buffers.RentSmall();
        _head.Bytes.AsSpan(_headOffset, length).CopyTo(small.Bytes);
        ReleaseBlocks();
        _head = _tail = small;
        _headOffset = 0;
        _tailOffset = length;
    }

    private void WakeWaiter()
    {
        if (_wait.IsWaiting)
        {
            _wait.CompleteSoon(connection.WorkLoop);
        }
    }

    private void DropHead()
    {
        var block = _head!;
        _head = block.NextBlock ?? throw new InvalidOperationException("The position does not belong to this reader.");
        _headOffset = 0;
        connection.WorkLoop.Buffers.Return(block);
    }

    private void ReleaseBlocks()
    {
        while (_head is { } block)
        {
            _head = block.NextBlock;
            connection.WorkLoop.Buffers.Return(block);
        }

        _tail = null;
        _headOffset = _tailOffset = 0;
        _allExamined = true;
    }
}
