using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Fallback;

/// <summary>Counts what became of fallbacks since start, over all loops.</summary>
internal sealed class FallbackCounters
{
    private long _sent;
    private long _failed;
    private long _overBudget;
    private long _received;
    private long _notBelieved;

    /// <summary>Counts a request sent to a peer.</summary>
    public void CountSent() => Interlocked.Increment(ref _sent);

    /// <summary>Counts a request for which no peer could be reached, or whose peer gave no answer.</summary>
    public void CountFailed() => Interlocked.Increment(ref _failed);

    /// <summary>Counts a request not sent to a peer because the budget was used up.</summary>
    public void CountOverBudget() => Interlocked.Increment(ref _overBudget);

    /// <summary>Counts a request received from a peer.</summary>
    public void CountReceived() => Interlocked.Increment(ref _received);

    /// <summary>Counts a request that claimed to come from a peer, but was not believed.</summary>
    public void CountNotBelieved() => Interlocked.Increment(ref _notBelieved);

    /// <summary>Returns a copy of the counters.</summary>
    public FallbackSnapshot Snapshot(int inFlight, IReadOnlyList<PeerSnapshot> peers) => new(
        Interlocked.Read(ref _sent),
        Interlocked.Read(ref _failed),
        Interlocked.Read(ref _overBudget),
        Interlocked.Read(ref _received),
        Interlocked.Read(ref _notBelieved),
        inFlight,
        peers);
}
