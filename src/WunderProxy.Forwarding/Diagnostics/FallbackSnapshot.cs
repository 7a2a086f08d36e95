namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Requests that went to peers, and that came from them, since start.</summary>
/// <param name="Sent">Went to a peer.</param>
/// <param name="Failed">Would have, or did, but no peer could be reached, or it gave no answer.</param>
/// <param name="OverBudget">Did not go because too many had gone.</param>
/// <param name="Received">Came from a peer.</param>
/// <param name="NotBelieved">Said that they came from a peer, with a header that is malformed, outdated, forged or used before.</param>
/// <param name="InFlight">Are with peers now.</param>
/// <param name="Peers">The peers.</param>
public sealed record FallbackSnapshot(
    long Sent,
    long Failed,
    long OverBudget,
    long Received,
    long NotBelieved,
    int InFlight,
    IReadOnlyList<PeerSnapshot> Peers);
