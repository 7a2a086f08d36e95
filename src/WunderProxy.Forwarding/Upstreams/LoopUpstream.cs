using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>The part of an upstream that one loop owns: its leases and its counters. No locks.</summary>
internal sealed class LoopUpstream(Upstream upstream, TransportLoop loop)
{
    /// <summary>
    /// A response that has run longer than this, in milliseconds, when its upstream is replaced may finish like an
    /// upgraded connection.
    /// </summary>
    public const int LongResponseMilliseconds = 10_000;

    private PaddedCounter _inFlight;
    private UpstreamLease? _leases;
    private int _longLived;
    private int _eventStreams;
    private int _upgraded;
    private int _spreadTotal;

    /// <summary>The upstream to which this part belongs.</summary>
    public Upstream Upstream => upstream;

    /// <summary>The loop on which the leases and counters of this part of the upstream change.</summary>
    public TransportLoop Loop => loop;

    /// <summary>Counters of what this loop served from the upstream.</summary>
    public TrafficStats Stats { get; } = new();

    /// <summary>Number of leases held; readable from any thread.</summary>
    public int InFlight => _inFlight.Value;

    /// <summary>Number of leases held by event streams and long responses.</summary>
    public int LongLived => Volatile.Read(ref _longLived);

    /// <summary>Number of leases held by event streams.</summary>
    public int EventStreams => Volatile.Read(ref _eventStreams);

    /// <summary>Number of leases held by tunnels.</summary>
    public int Upgraded => Volatile.Read(ref _upgraded);

    /// <summary>Counts a new lease; a full fence.</summary>
    public void Enter() => _inFlight.Increment();

    /// <summary>Counts a released lease; the last one notifies a drain.</summary>
    public void Leave()
    {
        if (_inFlight.Decrement() == 0)
        {
            Upstream.OnPartEmpty();
        }
    }

    /// <summary>Adds a lease to the list through which a drain reaches its holder.</summary>
    public void Link(UpstreamLease lease)
    {
        lease.Previous = null;
        lease.Next = _leases;
        if (_leases is { } next)
        {
            next.Previous = lease;
        }

        _leases = lease;
    }

    /// <summary>Removes a lease from the list through which a drain reaches its holder.</summary>
    public void Unlink(UpstreamLease lease)
    {
        if (lease.Previous is { } previous)
        {
            previous.Next = lease.Next;
        }
        else
        {
            _leases = lease.Next;
        }

        if (lease.Next is { } next)
        {
            next.Previous = lease.Previous;
        }

        lease.Previous = null;
        lease.Next = null;
    }

    /// <summary>Moves a lease from the count of one kind to that of another.</summary>
    public void OnKindChanged(LeaseKind from, LeaseKind to)
    {
        CountKind(from, -1);
        CountKind(to, 1);
    }

    /// <summary>
    /// Marks the responses that have already run long, because the upstream was replaced. Called on the loop.
    /// </summary>
    public void OnReplaced()
    {
        if (!Upstream.IsReplaced)
        {
            // Traffic was switched back before this work was run.
            return;
        }

        for (var lease = _leases; lease is not null; lease = lease.Next)
        {
            var runsLong = lease.ResponseStartedMilliseconds != 0
                && Loop.NowMilliseconds - lease.ResponseStartedMilliseconds > LongResponseMilliseconds;
            if (lease.Kind == LeaseKind.Exchange && runsLong)
            {
                lease.Kind = LeaseKind.LongResponse;
            }
        }
    }

    /// <summary>
    /// Tells the holders of ordinary exchanges, or all holders, that their time is up. Called on the loop.
    /// </summary>
    /// <returns>The holders told for the first time, by kind.</returns>
    public InFlightCounts EndLeases(bool all)
    {
        var told = default(InFlightCounts);
        for (var lease = _leases; lease is not null;)
        {
            // The holder may release its lease, and thereby unlink it, during the call.
            var next = lease.Next;
            if (all || lease.Kind == LeaseKind.Exchange)
            {
                told += Tell(lease);
            }

            lease = next;
        }

        return told;
    }

    /// <summary>
    /// Tells all holders that their time is up, unless the upstream is in the slot again. Called on the loop.
    /// </summary>
    /// <returns>The holders told for the first time, by kind.</returns>
    public InFlightCounts EndReplaced()
    {
        var told = default(InFlightCounts);
        for (var lease = Upstream.IsReplaced ? _leases : null; lease is not null;)
        {
            var next = lease.Next;
            told += Tell(lease);
            lease = next;
        }

        return told;
    }

    /// <summary>Begins to spread the ends of tunnels and event streams over a window. Called on the loop.</summary>
    public void BeginSpread() => _spreadTotal = CountSpread();

    /// <summary>
    /// Ends the tunnels and event streams that are due when <paramref name="elapsedShare"/> of the window, 0 to 1, has
    /// passed. Called on the loop.
    /// </summary>
    /// <returns>The holders told to end, by kind.</returns>
    public InFlightCounts EndSpread(double elapsedShare)
    {
        // Rounded up, so that a single holder may stay for the whole window.
        var mayStay = (int)Math.Ceiling(_spreadTotal * (1 - elapsedShare));
        var excess = CountSpread() - mayStay;
        var told = default(InFlightCounts);
        for (var lease = _leases; lease is not null && told.Total < excess;)
        {
            var next = lease.Next;
            if (IsSpread(lease))
            {
                told += Tell(lease);
            }

            lease = next;
        }

        return told;
    }

    /// <summary>Tells a holder that its time is up.</summary>
    /// <returns>The holder, under its kind of before the call; nothing if it had been told already.</returns>
    private static InFlightCounts Tell(UpstreamLease lease)
    {
        var kind = lease.Kind;
        var told = lease.Tell();
        return kind switch
        {
            LeaseKind.Upgraded => new InFlightCounts(0, 0, told),
            LeaseKind.EventStream => new InFlightCounts(0, told, 0) { EventStreams = told },
            LeaseKind.LongResponse => new InFlightCounts(0, told, 0),
            _ => new InFlightCounts(told, 0, 0),
        };
    }

    private static bool IsSpread(UpstreamLease lease) =>
        !lease.IsTold && lease.Kind is (LeaseKind.Upgraded or LeaseKind.EventStream);

    private int CountSpread()
    {
        var count = 0;
        for (var lease = _leases; lease is not null; lease = lease.Next)
        {
            count += IsSpread(lease) ? 1 : 0;
        }

        return count;
    }

    private void CountKind(LeaseKind kind, int step)
    {
        switch (kind)
        {
            case LeaseKind.Upgraded:
                _upgraded += step;
                break;
            case LeaseKind.EventStream:
                _longLived += step;
                _eventStreams += step;
                break;
            case LeaseKind.LongResponse:
                _longLived += step;
                break;
        }
    }
}
