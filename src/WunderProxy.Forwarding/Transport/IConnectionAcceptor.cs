namespace WunderProxy.Forwarding.Transport;

/// <summary>Takes the connections that a listener accepts.</summary>
internal interface IConnectionAcceptor
{
    /// <summary>Called on the loop that owns <paramref name="connection"/>; must not block.</summary>
    void OnAccepted(TransportConnection connection);
}
