using WunderProxy.Configuration;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>Requests sent to peers and received from peers since the process started.</summary>
/// <param name="Sent">Requests sent to a peer.</param>
/// <param name="Failed">Requests for which no peer could be reached, or whose peer gave no answer.</param>
/// <param name="OverBudget">Requests not sent to a peer because the budget was used up.</param>
/// <param name="Received">Requests received from a peer.</param>
/// <param name="NotBelieved">
/// Requests that claimed to come from a peer, with a header that is malformed, outdated, forged or used before.
/// </param>
/// <param name="InFlight">Requests being served by peers at present.</param>
/// <param name="Peers">The configured peers.</param>
internal sealed record FallbackView(
    long Sent,
    long Failed,
    long OverBudget,
    long Received,
    long NotBelieved,
    int InFlight,
    IReadOnlyList<PeerView> Peers)
{
    /// <summary>Converts the forwarder's snapshot.</summary>
    public static FallbackView Of(FallbackSnapshot snapshot) => new(
        snapshot.Sent,
        snapshot.Failed,
        snapshot.OverBudget,
        snapshot.Received,
        snapshot.NotBelieved,
        snapshot.InFlight,
        [.. snapshot.Peers.Select(peer => new PeerView(SocketAddressText.Format(peer.EndPoint), !peer.LastConnectRefused))]);
}
