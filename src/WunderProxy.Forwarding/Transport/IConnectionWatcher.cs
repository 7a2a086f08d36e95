namespace WunderProxy.Forwarding.Transport;

/// <summary>Wants to know when the peer of a connection goes away.</summary>
internal interface IConnectionWatcher
{
    /// <summary>Called once, on the loop of the connection, when its peer finished or reset it.</summary>
    void OnPeerClosed(TransportConnection connection, CloseReason reason);
}
