namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Requests sent to peers and received from peers since start.</summary>
/// <param name="Sent">Requests sent to a peer.</param>
/// <param name="Failed">Requests for which no peer could be reached, or whose peer gave no answer.</param>
/// <param name="OverBudget">Requests not sent to a peer because the budget was used up.</param>
/// <param name="Received">Requests received from a peer.</param>
/// <param name="NotBelieved">
/// Requests that claimed to come from a peer, with a header that is malformed, outdated, forged or used before.
/// </param>
/// <param name="InFlight">Requests being served by peers at present.</param>
/// <param name="Peers">The configured peers.</param>
public sealed record FallbackSnapshot(
    long Sent,
    long Failed,
    long OverBudget,
    long Received,
    long NotBelieved,
    int InFlight,
    IReadOnlyList<PeerSnapshot> Peers);
