namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>
/// The free relays of one loop, and its empty pipes, of which the most recently used is reused first.
/// </summary>
/// <param name="maxPipes">Most pipes at a time, in use and pooled together; each takes two descriptors.</param>
internal sealed class SpliceRelayPool(int maxPipes = SpliceRelayPool.MostPipes)
{
    /// <summary>Largest useful value of the pool's limit: no more pipes are ever open at a time.</summary>
    public const int MostPipes = MaxUsedPipes + MaxKeptPipes;

    // A pipe costs two descriptors.
    private const int MaxKeptPipes = 32;

    // A full pipe holds a mebibyte that no limit accounts for, as long as its client likes.
    private const int MaxUsedPipes = 64;

    private readonly Stack<SpliceRelay> _relays = new();
    private readonly Stack<SplicePipe> _pipes = new();
    private int _usedPipes;

    /// <summary>Rents a relay between two connections of the loop.</summary>
    public SpliceRelay Rent(EpollConnection source, EpollConnection destination)
    {
        var relay = _relays.TryPop(out var free) ? free : new SpliceRelay(this);
        relay.Open(source, destination);
        return relay;
    }

    /// <summary>Returns a relay to the pool.</summary>
    public void Return(SpliceRelay relay) => _relays.Push(relay);

    /// <summary>Rents a pipe; returns null if no more exist, or as many are in use as allowed.</summary>
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

    /// <summary>Returns a pipe to the pool; a pipe that still holds bytes is closed.</summary>
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

    /// <summary>Closes all pooled pipes.</summary>
    public void CloseAll()
    {
        while (_pipes.TryPop(out var pipe))
        {
            pipe.Close();
        }
    }
}
