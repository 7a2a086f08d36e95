using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// Counts the client connections of all loops. A client counts from its accept to its
/// close; beyond the limits it is refused with an answer, and beyond those it stays in the listener's backlog, so
/// that the process never meets EMFILE by its own doing.
/// </summary>
internal sealed class ConnectionLimit
{
    private readonly int _maxServed;
    private readonly int _maxRefused;
    private int _open;
    private int _served;

    /// <summary>Makes a limit.</summary>
    /// <param name="maxServed">Most clients served at a time, each with one upstream connection; 0: no bound.</param>
    /// <param name="maxRefused">Most clients that are being told so; with <paramref name="maxServed"/> 0 not used.</param>
    public ConnectionLimit(int maxServed, int maxRefused = int.MaxValue)
    {
        _maxServed = maxServed == 0 ? int.MaxValue : maxServed;
        _maxRefused = maxServed == 0 ? int.MaxValue : maxRefused;
        Upstream = new UpstreamLimit(_maxServed);
    }

    /// <summary>Client connections open now, the refused ones included.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Clients that are served now.</summary>
    public int Served => Volatile.Read(ref _served);

    /// <summary>The connections to upstreams of all loops: one for each client that may be served.</summary>
    public UpstreamLimit Upstream { get; }

    /// <summary>Counts in a client that is about to be accepted.</summary>
    /// <returns>Whether there is room; otherwise nothing is counted, and the client waits in the backlog.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _open) <= (long)_maxServed + _maxRefused)
        {
            return true;
        }

        Interlocked.Decrement(ref _open);
        return false;
    }

    /// <summary>Counts a client out.</summary>
    public void Leave() => Interlocked.Decrement(ref _open);

    /// <summary>Counts in an accepted client that wants to be served.</summary>
    /// <returns>Whether it may be; otherwise it has to be refused.</returns>
    public bool TryServe()
    {
        if (Interlocked.Increment(ref _served) <= _maxServed)
        {
            return true;
        }

        Interlocked.Decrement(ref _served);
        return false;
    }

    /// <summary>
    /// Counts in a client that is served in the place of one that is ending for it: until that has ended there is one more
    /// than the limit.
    /// </summary>
    public void TakePlace() => Interlocked.Increment(ref _served);

    /// <summary>Whether clients are ending in favour of others: there is room as soon as their loop has closed them.</summary>
    public bool IsMakingRoom => Served > _maxServed;

    /// <summary>A served client has ended.</summary>
    public void EndServing() => Interlocked.Decrement(ref _served);

    /// <summary>
    /// Whether a refused client may keep its descriptor until it has read its answer. With half of the places for
    /// refused clients taken, the rest must be free for those that are accepted next.
    /// </summary>
    public bool MayLinger => Open - Volatile.Read(ref _served) <= _maxRefused / 2;
}
