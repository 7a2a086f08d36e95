using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>
/// The sending side of a connection: gathers small writes in one block and sends large ones from the caller's memory.
/// </summary>
/// <remarks>A token given to a flush is checked on entry only; <see cref="CancelPendingFlush"/> ends a wait.</remarks>
internal sealed class StreamOutput(StreamConnection connection) : PipeWriter, IValueTaskSource<FlushResult>, IValueTaskSource
{
    // Below this size a copy after a waiting head is cheaper than a send call with two parts.
    private const int MaxGatheredBytes = 4 * 1024;

    private BlockChain _written;
    private ReadOnlyMemory<byte> _callerBytes;
    private bool _isBroken;
    private bool _cancelRequested;
    private bool _isDue;
    private LoopWait _wait;

    /// <summary>Whether written bytes still wait for the socket or for a flush.</summary>
    public bool IsBusy => _written.Length > 0 || !_callerBytes.IsEmpty;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _written.Length;

    private BufferPool Pool => connection.WorkLoop.Buffers;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(Math.Max(sizeHint, 1));
        return _written.Space;
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _written.Room);
        _written.Add(bytes);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        WriteAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_wait.IsIdle)
        {
            throw new InvalidOperationException("A flush is outstanding already.");
        }

        Queue(source);
        if (_cancelRequested)
        {
            KeepCallerBytes();
            return new ValueTask<FlushResult>(TakeResult());
        }

        if (TrySendAll())
        {
            return new ValueTask<FlushResult>(TakeResult());
        }

        _wait.Begin();
        return new ValueTask<FlushResult>(this, _wait.Version);
    }

    /// <summary>Sends the written bytes at the end of the loop's turn.</summary>
    public void FlushSoon()
    {
        if (!_isDue && _wait.IsIdle && IsBusy)
        {
            _isDue = true;
            connection.WorkLoop.SendAtEndOfTurn(this);
        }
    }

    /// <summary>Sends the bytes that are due; those that the socket does not take stay due.</summary>
    /// <returns>Whether no byte is due any more.</returns>
    public bool TrySendDue()
    {
        if (_isDue && !_wait.IsWaiting && TrySendAll())
        {
            _isDue = false;
        }

        return !_isDue;
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        _cancelRequested = true;
        if (_wait.IsWaiting)
        {
            KeepCallerBytes();
            _wait.CompleteSoon(connection.WorkLoop);
        }
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        if (!_wait.IsWaiting)
        {
            ReleaseAll();
        }
    }

    /// <summary>Handles the event that the socket accepts more bytes.</summary>
    /// <param name="takenBytes">
    /// Number of bytes at the front of the queue that the transport has sent by itself.
    /// </param>
    public void OnWritable(int takenBytes)
    {
        if (_isBroken)
        {
            return;
        }

        if (takenBytes > 0)
        {
            Consume(takenBytes);
        }

        if (_wait.IsWaiting && TrySendAll())
        {
            _wait.CompleteNow();
        }
        else
        {
            TrySendDue();
        }
    }

    /// <summary>Waits until a send can make progress. No byte may be queued.</summary>
    public ValueTask WaitForWritableAsync()
    {
        if (_isBroken || _cancelRequested)
        {
            _cancelRequested = false;
            return default;
        }

        _wait.Begin();
        return new ValueTask(this, _wait.Version);
    }

    /// <summary>Completes a pending flush and drops queued bytes, because this process closed the connection.</summary>
    public void OnClosed()
    {
        _isBroken = true;
        ReleaseAll();
        if (_wait.IsWaiting)
        {
            _wait.CompleteSoon(connection.WorkLoop);
        }
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _wait.End(token);
        return TakeResult();
    }

    void IValueTaskSource.GetResult(short token)
    {
        _wait.End(token);
        _cancelRequested = false;
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _wait.Status;

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(connection.WorkLoop, continuation, state);

    private FlushResult TakeResult()
    {
        var isCanceled = _cancelRequested;
        _cancelRequested = false;
        return new FlushResult(isCanceled, _isBroken);
    }

    private void Queue(ReadOnlyMemory<byte> source)
    {
        if (source.Length <= Math.Min(MaxGatheredBytes, _written.Room))
        {
            _written.Add(source.Span);
        }
        else
        {
            _callerBytes = source;
        }
    }

    /// <summary>Sends until all bytes are taken or the socket is full.</summary>
    /// <returns>Whether no byte is left to send, because all were taken or the connection has ended.</returns>
    private bool TrySendAll()
    {
        while (IsBusy && !_isBroken)
        {
            var first = _written.FirstPart;
            var second = _written.IsOnePart ? _callerBytes : ReadOnlyMemory<byte>.Empty;
            var sent = first.Length + second.Length == 0 ? 0 : connection.Send(first.Span, second.Span);
            if (sent == IoStatus.WouldBlock)
            {
                return false;
            }

            if (sent == IoStatus.Broken)
            {
                _isBroken = true;
                connection.NoteRemoteClosed(CloseReason.RemoteReset);
                break;
            }

            Consume(sent);
        }

        // All bytes are sent, or lost with the connection.
        ReleaseAll();
        _isDue = false;
        connection.OnFlushed();
        return true;
    }

    private void Consume(int bytes) => _callerBytes = _callerBytes[_written.Take(bytes, Pool)..];

    private void EnsureRoom(int bytes)
    {
        if (_written.Room < bytes)
        {
            _written.Append(Pool.RentAtLeast(bytes));
        }
    }

    /// <summary>Copies the bytes not sent yet, because the caller gets its memory back.</summary>
    private void KeepCallerBytes()
    {
        var rest = _callerBytes;
        _callerBytes = default;
        if (!rest.IsEmpty && !_isBroken)
        {
            EnsureRoom(rest.Length);
            _written.Add(rest.Span);
        }
    }

    private void ReleaseAll()
    {
        _written.Release(Pool);
        _callerBytes = default;
    }
}
