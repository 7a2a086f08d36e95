using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>
/// Relays by splice(2) from the source's socket into a pipe, and from the pipe into the destination's socket.
/// </summary>
/// <remarks>
/// The relay holds a pipe only while bytes are in it, so that slow clients do not occupy descriptors.
/// </remarks>
internal sealed class SpliceRelay(SpliceRelayPool pool) : DirectRelay
{
    // After this many bytes the other connections of the loop get their turn.
    private const int MaxBytesPerMove = 2 * 1024 * 1024;

    // Bytes asked for in one call; the kernel moves what is there and fits into the pipe.
    private const int MaxBytesPerCall = 1024 * 1024;

    // The size of a pipe counts pages, but bytes of a socket may come with 32 KiB to a page: a pipe of 1 MiB holds 8 MiB then.
    private const int MaxHeldBytes = 1024 * 1024;

    private EpollConnection? _source;
    private EpollConnection? _destination;
    private SplicePipe? _pipe;
    private bool _hasRentedPipe;
    private bool _hasSourceEnded;
    private bool _mayTakeMore;

    /// <summary>Sets the two connections of the relay.</summary>
    public void Open(EpollConnection source, EpollConnection destination)
    {
        _source = source;
        _destination = destination;
        _hasSourceEnded = false;
        _mayTakeMore = false;
    }

    /// <inheritdoc/>
    public override int HeldBytes => _pipe?.HeldBytes ?? 0;

    /// <inheritdoc/>
    public override bool MayTakeMore => _mayTakeMore;

    /// <inheritdoc/>
    public override DirectRelayStatus Move(long maxBytes, bool mayHold, out long takenBytes, out long passedBytes)
    {
        takenBytes = passedBytes = 0;
        while (true)
        {
            // Bytes are taken only into an empty pipe: a full pipe also answers EAGAIN, which would look like a drained
            // source.
            if (_pipe is not { HeldBytes: > 0 } && Take(maxBytes - takenBytes, ref takenBytes) is var taking
                && _pipe is not { HeldBytes: > 0 })
            {
                ReleasePipe();
                return taking;
            }

            var pipe = _pipe!;
            var passed = _destination!.SpliceFrom(pipe);
            if (passed == IoStatus.WouldBlock && mayHold && TryHoldMore(maxBytes - takenBytes, ref takenBytes))
            {
                continue;
            }

            if (passed < 0)
            {
                return passed == IoStatus.WouldBlock ? DirectRelayStatus.NeedsSink : DirectRelayStatus.SinkBroken;
            }

            passedBytes += passed;
            if (passedBytes >= MaxBytesPerMove && pipe.HeldBytes == 0 && takenBytes < maxBytes)
            {
                return DirectRelayStatus.GivesWay;
            }
        }
    }

    /// <inheritdoc/>
    public override int ReadHeld(Span<byte> buffer) => _pipe?.Read(buffer) ?? 0;

    /// <inheritdoc/>
    public override ValueTask WaitForEitherAsync()
    {
        _destination!.WokenWhenWritable = _source;
        return _source!.WaitForReadableAsync();
    }

    /// <inheritdoc/>
    public override ValueTask WaitForSourceAsync() => _source!.WaitForReadableAsync();

    /// <inheritdoc/>
    public override ValueTask WaitForSinkAsync() => _destination!.WaitForWritableAsync();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_source is not null)
        {
            ReleasePipe();
            _destination!.WokenWhenWritable = null;
            if (_hasRentedPipe)
            {
                _hasRentedPipe = false;
                _destination!.LimitUnsent(UnsentLimit.Bytes);
            }

            _source = _destination = null;
            pool.Return(this);
        }
    }

    private DirectRelayStatus Take(long maxBytes, ref long takenBytes)
    {
        if (maxBytes == 0)
        {
            return DirectRelayStatus.Done;
        }

        if (_hasSourceEnded)
        {
            return DirectRelayStatus.SourceEnded;
        }

        _pipe ??= pool.TryRentPipe();
        if (_pipe is null)
        {
            return DirectRelayStatus.Unavailable;
        }

        if (!_hasRentedPipe)
        {
            _hasRentedPipe = true;
            _destination!.LimitUnsent(UnsentLimit.SplicedBytes);
        }

        var taken = _source!.SpliceTo(_pipe, (int)Math.Min(maxBytes, MaxBytesPerCall));
        switch (taken)
        {
            case IoStatus.WouldBlock:
                return DirectRelayStatus.NeedsSource;
            case <= 0:
                return DirectRelayStatus.SourceEnded;
            default:
                takenBytes += taken;
                return DirectRelayStatus.Done;
        }
    }

    /// <summary>Takes more bytes into a pipe that holds some already.</summary>
    /// <returns>Whether any came.</returns>
    private bool TryHoldMore(long maxBytes, ref long takenBytes)
    {
        _mayTakeMore = false;
        var bytes = (int)Math.Min(maxBytes, MaxHeldBytes - _pipe!.HeldBytes);
        if (bytes <= 0 || _hasSourceEnded)
        {
            return false;
        }

        var taken = _source!.SpliceTo(_pipe, bytes);
        takenBytes += Math.Max(taken, 0);
        _mayTakeMore = taken == IoStatus.WouldBlock;
        _hasSourceEnded = taken is 0 or IoStatus.Broken;
        return taken > 0;
    }

    private void ReleasePipe()
    {
        if (_pipe is { } pipe)
        {
            _pipe = null;
            pool.Return(pipe);
        }
    }
}
