namespace WunderProxy.ManagerApi;

/// <summary>Another instance.</summary>
/// <param name="Address">Where its proxy is.</param>
/// <param name="Reachable">Whether it took the last connection, or none was tried.</param>
internal sealed record PeerView(string Address, bool Reachable);
