namespace WunderProxy.Forwarding.Transport;

/// <summary>Wants to know when the peer of a connection goes away.</summary>
internal interface IConnectionWatcher
{
    /// <summary>Called on the loop of the connection, never inside a call of the one who watches.</summary>
    /// <param name="connection">The connection whose peer went.</param>
    /// <param name="reason">
    /// <see cref="CloseReason.PeerFinished"/> or <see cref="CloseReason.PeerReset"/>, each at most once per watcher;
    /// a peer that finished still takes what we send, until it resets.
    /// </param>
    void OnPeerClosed(TransportConnection connection, CloseReason reason);
}
