using System.Net.Sockets;

namespace WunderProxy.Forwarding.Transport;

/// <summary>Drives sockets: a fixed set of loops, and the listeners whose connections they own.</summary>
internal interface ITransport : IAsyncDisposable
{
    /// <summary>The loops, one per forwarding thread, started with the transport.</summary>
    IReadOnlyList<TransportLoop> Loops { get; }

    /// <summary>Accepts on a socket that is already bound and listening, and spreads what comes over the loops.</summary>
    /// <param name="listeningSocket">Owned by the returned listener from here on.</param>
    /// <param name="acceptor">Called on the owning loop for each accepted connection.</param>
    ITransportListener Listen(Socket listeningSocket, IConnectionAcceptor acceptor);
}
