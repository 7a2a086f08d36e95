namespace WunderProxy.Forwarding.Upstreams;

/// <summary>Counts the upstream connections of all loops, in use or idle, against what they may take of the descriptors.</summary>
/// <param name="max">Most connections: one for each client that may be served.</param>
internal sealed class UpstreamLimit(int max)
{
    private int _open;

    /// <summary>Connections open now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>
    /// Whether an idle connection has to be closed before another is opened. No client uses two at a time, so when
    /// the limit is reached and a client needs one, some are idle: in another pool or on another loop.
    /// </summary>
    public bool IsFull => Open >= max;

    /// <summary>Counts a connection in.</summary>
    public void OnOpened() => Interlocked.Increment(ref _open);

    /// <summary>Counts a connection out.</summary>
    public void OnClosed() => Interlocked.Decrement(ref _open);
}
