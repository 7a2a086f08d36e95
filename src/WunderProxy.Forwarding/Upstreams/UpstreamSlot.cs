namespace WunderProxy.Forwarding.Upstreams;

/// <summary>The single cell that holds the current upstream.</summary>
public sealed class UpstreamSlot
{
    private readonly Lock _gate = new();
    private readonly List<Upstream> _replaced = [];
    private Upstream? _current;

    /// <summary>What new exchanges go to; null when there is none.</summary>
    public Upstream? Current => Volatile.Read(ref _current);

    /// <summary>Earlier upstreams that still hold something.</summary>
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
    /// Puts <paramref name="next"/>, or nothing, in place of the current upstream: one atomic exchange. No request
    /// whose first byte comes after this has returned goes to the one replaced.
    /// </summary>
    /// <returns>The one replaced, for the caller to drain.</returns>
    public Upstream? Switch(Upstream? next)
    {
        next?.OnCurrent();
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
