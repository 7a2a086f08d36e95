namespace WunderProxy.Forwarding.Upstreams;

/// <summary>
/// Counts the upstream connections of all loops, in use or idle, against the number of descriptors allotted to them.
/// </summary>
/// <param name="max">Most connections: one for each client that may be served.</param>
internal sealed class UpstreamLimit(int max)
{
    private int _open;

    /// <summary>Number of open upstream connections.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>
    /// Whether an idle connection has to be closed before another one is opened. No client uses two at a time; so when
    /// the limit is reached and a client needs a connection, some are idle, in another pool or on another loop.
    /// </summary>
    public bool IsFull => Open >= max;

    /// <summary>Counts an upstream connection that was opened.</summary>
    public void OnOpened() => Interlocked.Increment(ref _open);

    /// <summary>Counts an upstream connection that was closed.</summary>
    public void OnClosed() => Interlocked.Decrement(ref _open);
}
