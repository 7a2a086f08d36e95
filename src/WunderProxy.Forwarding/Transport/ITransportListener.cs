namespace WunderProxy.Forwarding.Transport;

/// <summary>Accepts connections on one listening socket, on behalf of the socket's owner.</summary>
internal interface ITransportListener
{
    /// <summary>Stops accepting; accepted connections go on. May be called again, from any thread.</summary>
    /// <returns>
    /// A task that completes when no loop uses the descriptor any more, so that the owner may close the socket;
    /// completes too when the transport ends.
    /// </returns>
    Task StopAsync();
}
