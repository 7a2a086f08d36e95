namespace WunderProxy.Forwarding.Upstreams;

/// <summary>The single cell that holds the current upstream of an application.</summary>
public sealed class UpstreamSlot
{
    private readonly Lock _gate = new();
    private readonly List<Upstream> _replaced = [];
    private Upstream? _current;
    private long _switches;

    /// <summary>The upstream for new exchanges; null if there is none.</summary>
    public Upstream? Current => Volatile.Read(ref _current);

    /// <summary>Earlier upstreams that still have exchanges or tunnels in flight.</summary>
    public IReadOnlyList<Upstream> Draining
    {
        get
        {
            lock (_gate)
            {
                _replaced.RemoveAll(upstream => upstream.InFlight == 0 || ReferenceEquals(upstream, Current));
                return [.. _replaced];
            }
        }
    }

    /// <summary>
    /// Replaces the current upstream by <paramref name="next"/>, or by none, in one atomic exchange. No request whose
    /// first byte arrives after the return goes to the replaced upstream.
    /// </summary>
    /// <returns>The replaced upstream, for the caller to drain.</returns>
    public Upstream? Switch(Upstream? next)
    {
        next?.OnCurrent(ReferenceEquals(next, Current) ? next.Epoch : Interlocked.Increment(ref _switches));
        var replaced = Interlocked.Exchange(ref _current, next);
        if (replaced is null || ReferenceEquals(replaced, next))
        {
            return replaced;
        }

        lock (_gate)
        {
            _replaced.Remove(replaced);
            _replaced.Add(replaced);
        }

        replaced.OnReplaced();
        return replaced;
    }
}
