namespace WunderProxy.ManagerApi;

/// <summary>A peer, that is, another WunderProxy instance.</summary>
/// <param name="Address">The address of the peer's proxy.</param>
/// <param name="Reachable">Whether the last attempt to connect succeeded, or none was made.</param>
internal sealed record PeerView(string Address, bool Reachable);
