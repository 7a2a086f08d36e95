namespace WunderProxy.Forwarding.Transport;

/// <summary>The accepting of connections on one listening socket, whose owner started it.</summary>
internal interface ITransportListener
{
    /// <summary>Stops accepting; accepted connections go on. Safe to call again, from any thread.</summary>
    /// <returns>
    /// Completes when no loop uses the descriptor any more, so that the owner may close the socket. Also completes when the
    /// transport ends.
    /// </returns>
    Task StopAsync();
}
