namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>The relays of one loop that are free, and its empty pipes, the one used last first.</summary>
/// <param name="maxPipes">Most pipes at a time, in use and kept together; each takes two descriptors.</param>
internal sealed class SpliceRelayPool(int maxPipes = SpliceRelayPool.MostPipes)
{
    /// <summary>More pipes than these would never be open at a time.</summary>
    public const int MostPipes = MaxUsedPipes + MaxKeptPipes;

    // A pipe costs two descriptors.
    private const int MaxKeptPipes = 32;

    // A pipe that is full holds a mebibyte that nobody accounts for, for as long as its client likes.
    private const int MaxUsedPipes = 64;

    private readonly Stack<SpliceRelay> _relays = new();
    private readonly Stack<SplicePipe> _pipes = new();
    private int _usedPipes;

    /// <summary>A relay between two connections of the loop.</summary>
    public SpliceRelay Rent(EpollConnection source, EpollConnection destination)
    {
        var relay = _relays.TryPop(out var free) ? free : new SpliceRelay(this);
        relay.Open(source, destination);
        return relay;
    }

    /// <summary>Takes a relay back.</summary>
    public void Return(SpliceRelay relay) => _relays.Push(relay);

    /// <summary>A pipe; null when there are no more, or as many in use as may be.</summary>
    public SplicePipe? TryRentPipe()
    {
        if (_usedPipes == MaxUsedPipes)
        {
            return null;
        }

        var rented = _pipes.TryPop(out var pipe) ? pipe : _usedPipes < maxPipes ? SplicePipe.TryCreate() : null;
        _usedPipes += rented is null ? 0 : 1;
        return rented;
    }

    /// <summary>Takes a pipe back; one that still holds bytes is closed.</summary>
    public void Return(SplicePipe pipe)
    {
        _usedPipes--;
        if (pipe.HeldBytes == 0 && _pipes.Count < MaxKeptPipes)
        {
            _pipes.Push(pipe);
        }
        else
        {
            pipe.Close();
        }
    }

    /// <summary>Closes the pipes.</summary>
    public void CloseAll()
    {
        while (_pipes.TryPop(out var pipe))
        {
            pipe.Close();
        }
    }
}
