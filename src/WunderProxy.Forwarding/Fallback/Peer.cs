using System.Net;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Fallback;

/// <summary>Another instance. One that cannot be reached is left alone for a moment, then one request tries it.</summary>
internal sealed class Peer
{
    /// <summary>How long.</summary>
    public const int PauseMilliseconds = 1_000;

    // 0 while it is reachable.
    private long _leftAloneUntil;

    public Peer(EndPoint endPoint, TimeProvider clock)
    {
        Upstream = new Upstream(endPoint, "peer", clock);
        Slot.Switch(Upstream);
    }

    /// <summary>Its address, with the connections to it.</summary>
    public Upstream Upstream { get; }

    /// <summary>Holds that and nothing else, ever: what is leased for our own upstream is leased for a peer too.</summary>
    public UpstreamSlot Slot { get; } = new();

    /// <summary>Whether a request may go there now.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    public bool TryTake(long now)
    {
        var until = Volatile.Read(ref _leftAloneUntil);
        return until == 0
            || (now >= until && Interlocked.CompareExchange(ref _leftAloneUntil, now + PauseMilliseconds, until) == until);
    }

    /// <summary>It accepted a connection.</summary>
    /// <returns>Whether that is news.</returns>
    public bool OnReached() => Volatile.Read(ref _leftAloneUntil) != 0 && Interlocked.Exchange(ref _leftAloneUntil, 0) != 0;

    /// <summary>It did not.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <returns>Whether that is news.</returns>
    public bool OnUnreachable(long now) => Interlocked.Exchange(ref _leftAloneUntil, now + PauseMilliseconds) == 0;
}
