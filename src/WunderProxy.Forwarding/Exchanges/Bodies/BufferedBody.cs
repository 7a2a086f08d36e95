using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Buffering;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>
/// The part of a response that its client has not taken yet, on behalf of a <see cref="BodyRelay"/>. It stands between
/// the relay and the client only while the client is behind: the relay writes into a <see cref="ReadAhead"/>, and this
/// object sends from it.
/// </summary>
/// <remarks>
/// It begins when a write to the client waits, or when a pipe inside the kernel is not emptied for
/// <see cref="PatienceMilliseconds"/>. Without memory for it, that wait goes on as without buffering, and memory is
/// asked for again from time to time.
/// </remarks>
internal sealed class BufferedBody(BodyRelay relay, ExchangeWaits waits, LoopBuffers buffers) : LoopTimer
{
    /// <summary>
    /// How long a pipe may stay full before its bytes are copied to memory, in milliseconds. A client that empties it
    /// sooner is served inside the kernel, for much less work.
    /// </summary>
    public const int PatienceMilliseconds = 50;

    private const int RetryMilliseconds = 100;

    private ReadAhead? _ahead;
    private PipeWriter? _output;
    private ValueTask? _sending;
    private Waits _blocked;
    private int _wantedBytes;
    private bool _hasBegun;
    private bool _isAbandoned;
    private bool _isSpillCounted;

    /// <summary>Whether the relay writes into memory and not to the client.</summary>
    public bool IsActive => _hasBegun;

    /// <summary>Whether a wait was ended because the body is to be buffered from here on.</summary>
    public bool IsDue => _ahead is not null && !_hasBegun;

    /// <summary>
    /// Called when a write to the client waits: ends the wait if there is memory, or else as soon as there is.
    /// </summary>
    public void OnBlocked(PipeWriter output)
    {
        _output = output;
        _blocked = Waits.ClientWrite;
        _wantedBytes = 0;
        if (TryRent())
        {
            output.CancelPendingFlush();
        }
        else
        {
            Arm(RetryMilliseconds);
        }
    }

    /// <summary>
    /// Called before the wait of a pipe that holds bytes for the client; the wait is ended when the patience is over
    /// and there is memory.
    /// </summary>
    /// <param name="output">The client's end.</param>
    /// <param name="blocked">The wait to end.</param>
    /// <param name="heldBytes">Number of bytes in the pipe.</param>
    public void OnPipeBlocked(PipeWriter output, Waits blocked, int heldBytes)
    {
        _output = output;
        _blocked = blocked;
        _wantedBytes = heldBytes;
        if (DueMilliseconds == 0)
        {
            Arm(PatienceMilliseconds);
        }
    }

    /// <summary>Called when the client has taken everything; the patience starts anew.</summary>
    public void OnUnblocked()
    {
        DueMilliseconds = 0;
        if (IsDue)
        {
            Drop();
        }
    }

    /// <summary>
    /// Begins after the wait has ended, unless it ended otherwise: from now on the relay writes into memory.
    /// </summary>
    /// <param name="mayBegin">Whether the client is still there and the exchange goes on.</param>
    /// <param name="pipe">The pipe whose bytes come first; null for none.</param>
    public void Begin(bool mayBegin, DirectRelay? pipe = null)
    {
        DueMilliseconds = 0;
        if (_ahead is not { } ahead || _hasBegun)
        {
            return;
        }

        if (!mayBegin)
        {
            Drop();
            return;
        }

        ForgetSending();
        ahead.IsSpillCounted = _isSpillCounted;
        while (pipe is { HeldBytes: > 0 })
        {
            var taken = pipe.ReadHeld(ahead.GetSpan());
            if (taken <= 0)
            {
                // Only a bug in the kernel gets here; the client must not take what follows for the body.
                waits.Stop(ForwardError.InternalError);
                break;
            }

            ahead.Advance(taken);
            relay.OnMoved(0, taken);
        }

        ahead.OnFilled();
        _hasBegun = true;
        waits.Buffer = ahead;
        relay.Redirect(ahead);
#pragma warning disable CA2012 // Awaited exactly once, by FinishAsync or before the next.
        _sending = SendAsync(ahead, _output!);
#pragma warning restore CA2012
    }

    /// <summary>Waits until the client has taken everything, and returns all memory.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    public async ValueTask FinishAsync()
    {
        try
        {
            if (_sending is { } sending)
            {
                _sending = null;
                await sending;
            }
        }
        finally
        {
            Drop();
        }
    }

    /// <summary>Returns everything after an internal error, at the latest when the client's connection has ended.</summary>
    public void Abandon()
    {
        _isAbandoned = true;

        // It would rent memory for a body that has ended.
        buffers.Loop.Timers.Disarm(this);
        if (_sending is not { IsCompleted: false })
        {
            Drop();
        }
    }

    /// <summary>Prepares for the next body.</summary>
    public void Reset()
    {
        Debug.Assert(_ahead is null, "the body was finished");
        ForgetSending();
        DueMilliseconds = 0;
        _isSpillCounted = false;
    }

    /// <inheritdoc/>
    protected internal override void OnElapsed()
    {
        if (_ahead is not null)
        {
            return;
        }

        if (!TryRent())
        {
            Arm(RetryMilliseconds);
        }
        else if (_blocked == Waits.ClientWrite)
        {
            _output!.CancelPendingFlush();
        }
        else
        {
            // Null once the upstream was let go; whoever waits next looks first whether the body is due.
            waits.Upstream?.Input.CancelPendingRead();
        }
    }

    private bool TryRent()
    {
        _ahead = buffers.TryRent(_wantedBytes);
        return _ahead is not null;
    }

    private void Arm(int milliseconds) => buffers.Loop.Timers.Arm(this, buffers.Loop.NowMilliseconds, milliseconds);

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask SendAsync(ReadAhead ahead, PipeWriter output)
    {
        var isTaken = false;
        try
        {
            isTaken = await SendAllAsync(ahead, output);
        }
        catch
        {
            // The relay may be waiting for room that nobody would make any more. The one who finishes the body gets the
            // exception.
            waits.Stop(ForwardError.InternalError);
            throw;
        }
        finally
        {
            if (_isAbandoned && !isTaken)
            {
                Drop();
            }
        }

        if (isTaken)
        {
            // The client has caught up. The relay is waiting for the upstream, or has ended.
            relay.Redirect(output);
            Drop();
        }
    }

    /// <summary>Sends what is held until nothing is.</summary>
    /// <returns>Whether the client has taken everything; false if the exchange has to end.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<bool> SendAllAsync(ReadAhead ahead, PipeWriter output)
    {
        // What the output has kept of the write that waited goes first.
        var isTaken = await WriteAsync(output, default);
        if (isTaken)
        {
            ahead.OnOutputEmptied();
        }

        while (isTaken && ahead.HeldBytes > 0)
        {
            if (ahead.TryPeek(out var bytes))
            {
                isTaken = await WriteAsync(output, bytes);
                if (isTaken)
                {
                    ahead.Consume(bytes.Length);
                }

                continue;
            }

            if (ahead.IsLost)
            {
                waits.Stop(ForwardError.InternalError);
            }
            else
            {
                waits.Begin(Waits.BufferFront);
                await ahead.WaitForFrontAsync();
                waits.End(Waits.BufferFront);
            }

            isTaken = !waits.IsStopped;
        }

        return isTaken;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<bool> WriteAsync(PipeWriter output, ReadOnlyMemory<byte> bytes)
    {
        if (waits.IsStopped)
        {
            return false;
        }

        var writing = output.WriteAsync(bytes);
        if (!writing.IsCompleted)
        {
            waits.Begin(Waits.ClientWrite);
        }

        var result = await writing;
        waits.End(Waits.ClientWrite);
        if (result.IsCompleted)
        {
            waits.Stop(ForwardError.ClientGone);
        }

        return !waits.IsStopped;
    }

    /// <summary>Takes the result of a sending that ended because the client had caught up; nobody awaited it.</summary>
    private void ForgetSending()
    {
        if (_sending is { } earlier)
        {
            Debug.Assert(earlier.IsCompleted, "the client had caught up");
            _sending = null;
            earlier.GetAwaiter().GetResult();
        }
    }

    private void Drop()
    {
        if (_ahead is { } ahead)
        {
            relay.OnDropped(ahead.HeldBytes);
            _isSpillCounted |= ahead.IsSpillCounted;
            _ahead = null;
            _hasBegun = false;
            waits.Buffer = null;
            ahead.Release();
        }
    }
}
