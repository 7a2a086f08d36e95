using WunderProxy.Configuration;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>Requests that went to other instances, and that came from them, since the process started.</summary>
/// <param name="Sent">Went to a peer.</param>
/// <param name="Failed">Would have, or did, but no peer could be reached, or it gave no answer.</param>
/// <param name="OverBudget">Did not go because too many had gone.</param>
/// <param name="Received">Came from a peer.</param>
/// <param name="NotBelieved">Said so, with a header that is malformed, outdated, forged or used before.</param>
/// <param name="InFlight">Are with peers now.</param>
/// <param name="Peers">The peers.</param>
internal sealed record FallbackView(
    long Sent,
    long Failed,
    long OverBudget,
    long Received,
    long NotBelieved,
    int InFlight,
    IReadOnlyList<PeerView> Peers)
{
    /// <summary>Writes a snapshot.</summary>
    public static FallbackView Of(FallbackSnapshot snapshot) => new(
        snapshot.Sent,
        snapshot.Failed,
        snapshot.OverBudget,
        snapshot.Received,
        snapshot.NotBelieved,
        snapshot.InFlight,
        [.. snapshot.Peers.Select(peer => new PeerView(SocketAddressText.Format(peer.EndPoint), !peer.LastConnectRefused))]);
}
