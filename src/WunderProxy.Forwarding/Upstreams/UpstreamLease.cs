using System.Diagnostics;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>
/// One holder's claim on an upstream: taken, and released exactly once, on one loop; afterwards it can be taken again.
/// </summary>
internal sealed class UpstreamLease(ILeaseHolder holder)
{
    private LeaseKind _kind;

    /// <summary>The loop's part of the leased upstream; null while nothing is leased.</summary>
    public LoopUpstream? Part { get; private set; }

    /// <summary>The exchange or tunnel that holds the lease.</summary>
    public ILeaseHolder Holder { get; } = holder;

    /// <summary>When the response began, in loop milliseconds; 0 before that.</summary>
    public long ResponseStartedMilliseconds { get; set; }

    /// <summary>Whether the holder has been told to end.</summary>
    public bool IsTold { get; private set; }

    /// <summary>How a drain treats the holder.</summary>
    public LeaseKind Kind
    {
        get => _kind;
        set
        {
            Part?.OnKindChanged(_kind, value);
            _kind = value;
        }
    }

    internal UpstreamLease? Previous { get; set; }

    internal UpstreamLease? Next { get; set; }

    /// <summary>Leases the current upstream of <paramref name="slot"/>.</summary>
    /// <returns>Whether the slot held an upstream.</returns>
    /// <remarks>
    /// The race of a lease against a switch: the lease is counted first, and then the slot is read again. Both the
    /// count and the exchange of the slot are full fences, so one of two things holds. Either the second read comes
    /// after the switch, sees another upstream, and the lease is counted out again; or it comes before the switch, and
    /// so did the count, and a drain, which reads the counts after the switch, waits for this lease. In both cases no
    /// lease is handed out that a drain has not seen.
    /// </remarks>
    public bool TryTake(UpstreamSlot slot, TransportLoop loop)
    {
        Debug.Assert(Part is null, "a lease is released before it is taken again");
        while (slot.Current is { } upstream)
        {
            var part = upstream.PartOf(loop);
            part.Enter();
            if (ReferenceEquals(slot.Current, upstream))
            {
                Part = part;
                _kind = LeaseKind.Exchange;
                ResponseStartedMilliseconds = 0;
                IsTold = false;
                part.Link(this);
                return true;
            }

            part.Leave();
        }

        return false;
    }

    /// <summary>Tells the holder of the lease to end.</summary>
    /// <returns>1 the first time, else 0.</returns>
    public int Tell()
    {
        var told = IsTold ? 0 : 1;
        IsTold = true;
        Holder.OnDrainDeadline();
        return told;
    }

    /// <summary>Releases the holder's claim on the upstream.</summary>
    public void Release()
    {
        var part = Part ?? throw new UnreachableException("a lease is released once");
        Kind = LeaseKind.Exchange;
        Part = null;
        part.Unlink(this);
        part.Leave();
    }
}
