using System.Net;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Fallback;

/// <summary>
/// All peers, and what the loops share about them: the key, the budget, the ids in use, the counters.
/// </summary>
internal sealed class PeerGroup : IDisposable
{
    /// <summary>Age in seconds up to which a fallback is believed; clocks may differ by as much.</summary>
    public const int ValidSeconds = 30;

    /// <summary>
    /// Longest wait in milliseconds for a peer to accept; short, because the client has waited already.
    /// </summary>
    public const int ConnectMilliseconds = 1_000;

    // Two sets of this size take 20 MB; only 8,000 fallbacks a second fill them.
    private const int MaxKeptIds = 1 << 19;

    private const int MillisecondsBetweenWarnings = 60_000;

    private readonly Endpoint[] _peers;
    private readonly ReplayStore _replays;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private uint _turn;
    private long _mayWarnAt;

    public PeerGroup(FallbackOptions options, TimeProvider clock, ILogger logger)
    {
        Key = options.Key;
        Budget = new FallbackBudget(clock);
        _clock = clock;
        _logger = logger;
        _peers = [.. options.Peers.Select(address => new Endpoint(address, clock)
        {
            WhenSetAside = peer => FallbackLog.Unreachable(logger, peer.Address),
            WhenReached = peer => FallbackLog.Reached(logger, peer.Address),
        })];
        Slot.Switch(_peers.Length > 0 ? new Upstream(_peers, "peer", clock) : null);

        // From the earliest moment at which a header is believed to the latest, plus the second that is cut off.
        _replays = new ReplayStore(TimeSpan.FromSeconds((2 * ValidSeconds) + 1), MaxKeptIds, clock);
    }

    /// <summary>The key that all peers share.</summary>
    public PeerKey Key { get; }

    /// <summary>The limit on requests sent to peers.</summary>
    public FallbackBudget Budget { get; }

    /// <summary>The counters of requests sent to and received from peers.</summary>
    public FallbackCounters Counters { get; } = new();

    /// <summary>The endpoints of the peers; may be empty.</summary>
    public IReadOnlyList<Endpoint> Peers => _peers;

    /// <summary>
    /// Permanently holds the upstream whose endpoints are the peers, if there are any. Requests to a peer are thereby
    /// leased, drained and counted by the same means as those to the application.
    /// </summary>
    public UpstreamSlot Slot { get; } = new();

    /// <summary>Wall-clock time in seconds since 1970, which peers compare.</summary>
    public long UnixSeconds => _clock.GetUtcNow().ToUnixTimeSeconds();

    private long NowMilliseconds => (long)_clock.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Chooses the next peer in turn that is not set aside.</summary>
    /// <returns>The peer, or null if there is none to try.</returns>
    public Endpoint? Next() => EndpointChoice.OfPeers(_peers, Interlocked.Increment(ref _turn));

    /// <summary>Decides whether a header is believed; a valid one is thereby used up.</summary>
    /// <param name="header">The parsed header.</param>
    /// <param name="text">The text that must have been signed.</param>
    public FallbackVerdict Judge(FallbackHeader header, ReadOnlySpan<byte> text)
    {
        if (Math.Abs(UnixSeconds - header.Seconds) > ValidSeconds)
        {
            return FallbackVerdict.Outdated;
        }

        if (!FallbackSignature.IsOf(Key, text, header.Mac))
        {
            return FallbackVerdict.Forged;
        }

        // Checked last, so that only holders of the key can fill the store.
        return _replays.TryAdd(header.Id) ? FallbackVerdict.Valid : FallbackVerdict.Replayed;
    }

    /// <summary>Counts a verdict, and logs what is wrong.</summary>
    public void OnJudged(FallbackVerdict verdict, IPAddress? sender)
    {
        if (verdict == FallbackVerdict.Valid)
        {
            Counters.CountReceived();
            return;
        }

        Counters.CountNotBelieved();
        var now = NowMilliseconds;
        var mayWarnAt = Volatile.Read(ref _mayWarnAt);
        if (now >= mayWarnAt
            && Interlocked.CompareExchange(ref _mayWarnAt, now + MillisecondsBetweenWarnings, mayWarnAt) == mayWarnAt)
        {
            FallbackLog.NotBelieved(_logger, sender, verdict);
        }
    }

    /// <summary>Returns a copy of the counters.</summary>
    public FallbackSnapshot Snapshot() => Counters.Snapshot(
        Budget.InUse,
        [.. _peers.Select(peer => new PeerSnapshot(peer.Address, peer.LastConnectRefused))]);

    /// <inheritdoc/>
    public void Dispose() => Budget.Dispose();
}
