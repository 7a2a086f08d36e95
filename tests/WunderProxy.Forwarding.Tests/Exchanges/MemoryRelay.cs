using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>A relay between two connections in memory, with a pipe of a known size, as the kernel has it between sockets.</summary>
internal sealed class MemoryRelay(MemoryConnection source, MemoryConnection destination, int pipeBytes) : DirectRelay
{
    private readonly byte[] _pipe = new byte[pipeBytes];
    private int _held;
    private bool _hasSourceEnded;

    public override int HeldBytes => _held;

    public override bool MayTakeMore => _held < _pipe.Length && !_hasSourceEnded;

    public override DirectRelayStatus Move(long maxBytes, bool mayHold, out long takenBytes, out long passedBytes)
    {
        takenBytes = passedBytes = 0;
        while (true)
        {
            if ((_held == 0 || mayHold) && takenBytes < maxBytes)
            {
                takenBytes += Take(maxBytes - takenBytes);
            }

            if (_held == 0)
            {
                return takenBytes == maxBytes ? DirectRelayStatus.Done
                    : _hasSourceEnded ? DirectRelayStatus.SourceEnded
                    : DirectRelayStatus.NeedsSource;
            }

            var passed = destination.Send(_pipe.AsSpan(0, _held), default);
            if (passed < 0)
            {
                return passed == IoStatus.WouldBlock ? DirectRelayStatus.NeedsSink : DirectRelayStatus.SinkBroken;
            }

            passedBytes += passed;
            Remove(passed);
        }
    }

    public override int ReadHeld(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _held);
        _pipe.AsSpan(0, count).CopyTo(buffer);
        Remove(count);
        return count;
    }

    public override ValueTask WaitForEitherAsync()
    {
        destination.WokenWhenWritable = source;
        return source.WaitForReadableAsync();
    }

    public override ValueTask WaitForSourceAsync() => source.WaitForReadableAsync();

    public override ValueTask WaitForSinkAsync() => destination.WaitForWritableAsync();

    protected override void Dispose(bool disposing) => destination.WokenWhenWritable = null;

    private int Take(long maxBytes)
    {
        var total = 0;
        while (total < maxBytes && _held < _pipe.Length && !_hasSourceEnded)
        {
            var room = (int)Math.Min(maxBytes - total, _pipe.Length - _held);
            var taken = source.Receive(_pipe.AsSpan(_held, room));
            source.NoteReceived(taken);
            if (taken == IoStatus.WouldBlock)
            {
                break;
            }

            _hasSourceEnded = taken <= 0;
            total += Math.Max(taken, 0);
            _held += Math.Max(taken, 0);
        }

        return total;
    }

    private void Remove(int count)
    {
        _pipe.AsSpan(count, _held - count).CopyTo(_pipe);
        _held -= count;
    }
}
