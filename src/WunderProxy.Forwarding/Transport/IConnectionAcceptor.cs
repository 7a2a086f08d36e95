using System.Net;

namespace WunderProxy.Forwarding.Transport;

/// <summary>Receives the connections that a listener accepts, and limits their number.</summary>
internal interface IConnectionAcceptor
{
    /// <summary>
    /// Whether connections are being closed to make room, so that a short pause of the listener is enough. Readable
    /// from any thread.
    /// </summary>
    bool IsMakingRoom => false;

    /// <summary>
    /// Whether connections on which no request has begun are being closed, so that a TLS handshake has little time left
    /// (<see cref="Tls.TlsLimits.DrainMilliseconds"/>). Readable from any thread.
    /// </summary>
    bool IsDraining => false;

    /// <summary>
    /// What a client gets that sends text where a TLS handshake is expected; empty to close the connection without a
    /// word.
    /// </summary>
    ReadOnlyMemory<byte> AnswerToPlainText => default;

    /// <summary>
    /// Whether a connection from this remote end begins with a header of the PROXY protocol. A TLS listener asks, and reads
    /// the header before the handshake; on plain connections the acceptor reads it.
    /// </summary>
    bool ExpectsProxyHeader(EndPoint? remote) => false;

    /// <summary>Reserves a place for a connection before it is accepted. Callable from any thread.</summary>
    /// <returns>
    /// Whether there is room. If not, the listener leaves the client in the backlog and asks again later.
    /// </returns>
    bool TryReserve() => true;

    /// <summary>
    /// Returns a reserved place, because no client was waiting, or the connection was lost or its TLS handshake
    /// failed before <see cref="OnAccepted"/>. Callable from any thread.
    /// </summary>
    void CancelReservation()
    {
    }

    /// <summary>
    /// Takes over an accepted connection, whose TLS handshake is complete if there is one. Called on the loop that owns <paramref name="connection"/>; must not block.
    /// </summary>
    void OnAccepted(TransportConnection connection);
}
