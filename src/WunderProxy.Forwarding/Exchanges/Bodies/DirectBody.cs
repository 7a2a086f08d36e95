using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>
/// The part of a large body of known length that passes inside the kernel, on behalf of a <see cref="BodyRelay"/>.
/// </summary>
internal sealed class DirectBody(ExchangeWaits waits, Waits readWait, Waits writeWait, BufferedBody? buffered)
{
    // Measured: with fewer bytes left, the calls for the pipe cost more than the copy that they save.
    private const long LeastBytes = 128 * 1024;

    private DirectRelay? _direct;
    private bool _isUnavailable;
    private bool _isSinkTimed;

    /// <summary>Whether the relay inside the kernel is open; it may hold bytes after the body was read whole.</summary>
    public bool IsOpen => _direct is not null;

    /// <summary>Prepares this object for the next body.</summary>
    public void Reset()
    {
        _isUnavailable = false;
        Close();
    }

    /// <summary>Closes the relay inside the kernel; bytes that it holds are lost.</summary>
    public void Close()
    {
        EndSinkWait();
        if (_direct is { } direct)
        {
            _direct = null;
            direct.Dispose();
        }
    }

    /// <summary>
    /// Opens the relay inside the kernel, if the rest of the body is large enough and both ends support it.
    /// </summary>
    public bool TryOpen(BodyKind kind, long remainingBytes)
    {
        if (kind != BodyKind.Length || remainingBytes < LeastBytes || _isUnavailable)
        {
            return false;
        }

        var upstream = waits.Upstream!;
        _direct = readWait == Waits.ClientRead ? waits.Client.TryRelayTo(upstream) : waits.Client.TryRelayFrom(upstream);
        return _direct is not null;
    }

    /// <summary>Moves the rest of the relay's body.</summary>
    /// <returns>
    /// The end; none if the caller has to go on by reading and writing, because the kernel lacks the means at present or
    /// the receiver is so slow that the body goes through memory. If the body is complete, bytes may be left for
    /// <see cref="FinishAsync"/>.
    /// </returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<RelayEnd> RunAsync(BodyRelay relay)
    {
        var end = await MoveAsync(relay);
        if (end != RelayEnd.Complete)
        {
            buffered?.OnUnblocked();
            Close();
        }

        return end;
    }

    /// <summary>Passes on what the relay inside the kernel still holds of a body that was read whole.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    public async ValueTask FinishAsync(BodyRelay relay)
    {
        while (!waits.IsStopped)
        {
            var status = _direct!.Move(0, relay.IsElastic, out _, out var passedBytes);
            relay.OnMoved(0, passedBytes);
            OnSinkMoved(status, passedBytes);
            if (status == DirectRelayStatus.SinkBroken)
            {
                waits.Stop(ForwardError.ClientGone);
            }

            if (status != DirectRelayStatus.NeedsSink || await WaitForSlowSinkAsync(_direct, isReadWhole: true))
            {
                break;
            }
        }

        Close();
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<RelayEnd> MoveAsync(BodyRelay relay)
    {
        var direct = _direct!;
        while (true)
        {
            var status = direct.Move(relay.RemainingBytes, relay.IsElastic, out var takenBytes, out var passedBytes);
            relay.OnMoved(takenBytes, passedBytes);
            OnSinkMoved(status, passedBytes);
            if (status == DirectRelayStatus.NeedsSink && relay.IsElastic)
            {
                if (relay.RemainingBytes == 0)
                {
                    return RelayEnd.Complete;
                }

                if (await WaitForSlowSinkAsync(direct, isReadWhole: false))
                {
                    return RelayEnd.None;
                }

                if (relay.IsStopped)
                {
                    return RelayEnd.Stopped;
                }

                continue;
            }

            buffered?.OnUnblocked();
            switch (status)
            {
                case DirectRelayStatus.Done:
                    Close();
                    return RelayEnd.Complete;
                case DirectRelayStatus.SourceEnded:
                    return RelayEnd.SourceEnded;
                case DirectRelayStatus.SinkBroken:
                    return RelayEnd.SinkBroken;
                case DirectRelayStatus.Unavailable:
                    _isUnavailable = true;
                    return RelayEnd.None;
                case DirectRelayStatus.NeedsSink:
                    waits.Begin(writeWait);
                    await direct.WaitForSinkAsync();
                    waits.End(writeWait);
                    break;
                default:
                    waits.Begin(readWait);
                    await direct.WaitForSourceAsync();
                    waits.End(readWait);
                    break;
            }

            if (relay.IsStopped)
            {
                return RelayEnd.Stopped;
            }
        }
    }

    /// <summary>
    /// Waits until the receiver accepts bytes, or meanwhile more of them come that the pipe has room for.
    /// </summary>
    /// <returns>Whether the patience is over, and the bytes of the pipe have gone to memory.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitForSlowSinkAsync(DirectRelay direct, bool isReadWhole)
    {
        // Due already if the patience ended between two waits.
        if (!buffered!.IsDue)
        {
            await WaitForEitherEndAsync(direct, mayTake: !isReadWhole && direct.MayTakeMore);
        }

        if (!buffered.IsDue)
        {
            return false;
        }

        EndSinkWait();
        buffered.Begin(mayBegin: !waits.IsStopped, direct);
        return buffered.IsActive;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask WaitForEitherEndAsync(DirectRelay direct, bool mayTake)
    {
        buffered!.OnPipeBlocked(waits.Client.Output, mayTake ? readWait : writeWait, direct.HeldBytes);
        if (_isSinkTimed)
        {
            waits.Continue(writeWait);
        }
        else
        {
            _isSinkTimed = true;
            waits.Begin(writeWait);
        }

        if (mayTake)
        {
            waits.Begin(readWait);
            await direct.WaitForEitherAsync();
            waits.End(readWait);
        }
        else
        {
            await direct.WaitForSinkAsync();
        }

        waits.Interrupt(writeWait);
    }

    /// <summary>
    /// Ends the receiver's time limit if the receiver took bytes. What comes from the sender meanwhile must not lengthen
    /// the limit: a receiver that takes nothing would keep the exchange for as long as the sender adds a byte now and then.
    /// </summary>
    private void OnSinkMoved(DirectRelayStatus status, long passedBytes)
    {
        if (status != DirectRelayStatus.NeedsSink || passedBytes > 0)
        {
            EndSinkWait();
        }
    }

    private void EndSinkWait()
    {
        if (_isSinkTimed)
        {
            _isSinkTimed = false;
            waits.Continue(writeWait);
            waits.End(writeWait);
        }
    }
}
