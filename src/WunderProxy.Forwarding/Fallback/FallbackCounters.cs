using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Fallback;

/// <summary>What became of fallbacks since start, over all loops.</summary>
internal sealed class FallbackCounters
{
    private long _sent;
    private long _failed;
    private long _overBudget;
    private long _received;
    private long _notBelieved;

    /// <summary>A request goes to a peer.</summary>
    public void CountSent() => Interlocked.Increment(ref _sent);

    /// <summary>No peer could be reached, or it gave no answer.</summary>
    public void CountFailed() => Interlocked.Increment(ref _failed);

    /// <summary>A request was not sent because too many were.</summary>
    public void CountOverBudget() => Interlocked.Increment(ref _overBudget);

    /// <summary>A request of a peer has come.</summary>
    public void CountReceived() => Interlocked.Increment(ref _received);

    /// <summary>A request has come that is none of a peer, though it said so.</summary>
    public void CountNotBelieved() => Interlocked.Increment(ref _notBelieved);

    /// <summary>Takes a copy.</summary>
    public FallbackSnapshot Snapshot(int inFlight, IReadOnlyList<PeerSnapshot> peers) => new(
        Interlocked.Read(ref _sent),
        Interlocked.Read(ref _failed),
        Interlocked.Read(ref _overBudget),
        Interlocked.Read(ref _received),
        Interlocked.Read(ref _notBelieved),
        inFlight,
        peers);
}
