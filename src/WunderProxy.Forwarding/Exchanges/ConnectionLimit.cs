using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// Counts the client connections of all loops. A client counts from its accept to its close. Beyond the limit of served
/// clients it is refused with an answer, and beyond the limit of refused clients it stays in the listener's backlog, so
/// that the process itself never runs out of descriptors (EMFILE).
/// </summary>
internal sealed class ConnectionLimit
{
    private readonly int _maxServed;
    private readonly int _maxRefused;
    private int _open;
    private int _served;

    /// <summary>Creates the limits.</summary>
    /// <param name="maxServed">
    /// Most clients served at a time, each with one upstream connection; 0 means no limit.
    /// </param>
    /// <param name="maxRefused">
    /// Most clients at a time that receive the refusal; unused if <paramref name="maxServed"/> is 0.
    /// </param>
    public ConnectionLimit(int maxServed, int maxRefused = int.MaxValue)
    {
        _maxServed = maxServed == 0 ? int.MaxValue : maxServed;
        _maxRefused = maxServed == 0 ? int.MaxValue : maxRefused;
        Upstream = new UpstreamLimit(_maxServed);
    }

    /// <summary>Number of open client connections, including refused ones.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Number of clients being served.</summary>
    public int Served => Volatile.Read(ref _served);

    /// <summary>The limit of upstream connections over all loops: one for each client that may be served.</summary>
    public UpstreamLimit Upstream { get; }

    /// <summary>Counts a client that is about to be accepted.</summary>
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

    /// <summary>Counts a closed client connection.</summary>
    public void Leave() => Interlocked.Decrement(ref _open);

    /// <summary>Counts an accepted client as served, if there is room.</summary>
    /// <returns>Whether the client may be served; otherwise it has to be refused.</returns>
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
    /// Counts a client that is served in place of another one that is being closed for it; until that is closed, the
    /// count is one above the limit.
    /// </summary>
    public void TakePlace() => Interlocked.Increment(ref _served);

    /// <summary>
    /// Whether clients are being closed in favour of others, so that there is room as soon as their loop has closed
    /// them.
    /// </summary>
    public bool IsMakingRoom => Served > _maxServed;

    /// <summary>Counts a served client that has ended.</summary>
    public void EndServing() => Interlocked.Decrement(ref _served);

    /// <summary>
    /// Whether a refused client may keep its descriptor until it has read its answer. Once half of the places for
    /// refused clients are taken, the others must stay free for those accepted next.
    /// </summary>
    public bool MayLinger => Open - Volatile.Read(ref _served) <= _maxRefused / 2;
}
