using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>
/// The part of a large body of known length that passes inside the kernel, on behalf of a <see cref="BodyRelay"/>.
/// </summary>
internal sealed class DirectBody(ExchangeWaits waits, Waits readWait, Waits writeWait)
{
    // Measured: with fewer bytes left, the calls for the pipe cost more than the copy that they save.
    private const long LeastBytes = 128 * 1024;

    private DirectRelay? _direct;
    private bool _isUnavailable;

    /// <summary>Prepares this object for the next body.</summary>
    public void Reset() => _isUnavailable = false;

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
    /// <returns>The end; none if the kernel lacks the means at present, so that the caller reads and writes.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<RelayEnd> RunAsync(BodyRelay relay)
    {
        using var direct = _direct!;
        _direct = null;
        while (true)
        {
            var status = direct.Move(relay.RemainingBytes, out var takenBytes, out var passedBytes);
            relay.OnMoved(takenBytes, passedBytes);
            switch (status)
            {
                case DirectRelayStatus.Done:
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
}
