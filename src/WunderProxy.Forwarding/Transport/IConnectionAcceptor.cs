namespace WunderProxy.Forwarding.Transport;

/// <summary>Takes the connections that a listener accepts.</summary>
internal interface IConnectionAcceptor
{
    /// <summary>
    /// Whether connections are being closed to make room, so that a listener need not look away for long. Read from any thread.
    /// </summary>
    bool IsMakingRoom => false;

    /// <summary>Takes a place for a connection before it is accepted. Called from any thread.</summary>
    /// <returns>
    /// Whether there is room; if not, the listener leaves the client in the backlog and asks again later.
    /// </returns>
    bool TryReserve() => true;

    /// <summary>Gives a place back: nobody was there to accept, or the connection was lost before it was handed over.</summary>
    void CancelReservation()
    {
    }

    /// <summary>Called on the loop that owns <paramref name="connection"/>; must not block.</summary>
    void OnAccepted(TransportConnection connection);
}
