using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>Hands an accepted connection to the context of the loop that owns it.</summary>
internal sealed class ConnectionAcceptor(LoopContext[] contexts, ConnectionLimit limit) : IConnectionAcceptor
{
    /// <inheritdoc/>
    public bool TryReserve() => limit.TryEnter();

    /// <inheritdoc/>
    public bool IsMakingRoom => limit.IsMakingRoom;

    /// <inheritdoc/>
    public void CancelReservation() => limit.Leave();

    /// <inheritdoc/>
    public void OnAccepted(TransportConnection connection) => contexts[connection.Loop.Index].OnAccepted(connection);
}
