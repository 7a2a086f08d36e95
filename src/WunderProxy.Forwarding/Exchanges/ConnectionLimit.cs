namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Counts client connections over all loops, and says when there are as many as may be.</summary>
internal sealed class ConnectionLimit(int max)
{
    private int _open;

    /// <summary>Connections open now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Counts one in.</summary>
    /// <returns>Whether it is within the limit; it counts, and has to leave, in any case.</returns>
    public bool TryEnter() => Interlocked.Increment(ref _open) <= max || max == 0;

    /// <summary>Counts one out.</summary>
    public void Leave() => Interlocked.Decrement(ref _open);
}
