using System.Net.Sockets;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport;

/// <summary>Drives sockets with a fixed set of loops, which own the connections of its listeners.</summary>
internal interface ITransport : IAsyncDisposable
{
    /// <summary>The loops, one per forwarding thread; they start with the transport.</summary>
    IReadOnlyList<TransportLoop> Loops { get; }

    /// <summary>
    /// Accepts on a socket that is already bound and listening, and distributes the connections over the loops.
    /// </summary>
    /// <param name="listeningSocket">
    /// The listening socket; the caller closes it after <see cref="ITransportListener.StopAsync"/> has completed.
    /// </param>
    /// <param name="acceptor">Receives each accepted connection on the loop that owns it.</param>
    /// <param name="tls">Policy and certificates of TLS; null if the connections are plain.</param>
    /// <exception cref="TlsException">The engine is missing, or refuses the policy or a certificate.</exception>
    ITransportListener Listen(Socket listeningSocket, IConnectionAcceptor acceptor, TlsSource? tls = null);
}
