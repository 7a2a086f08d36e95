using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Listeners;

/// <summary>
/// One listening socket, which this object owns from bind to close. The transport that accepts on the socket borrows
/// its descriptor; closing stops the transport first, so that it never accepts on a reused descriptor. One caller at a
/// time starts and closes a listener; closing may be repeated, from any thread.
/// </summary>
public sealed class Listener
{
    private readonly Socket _socket;
    private readonly bool _ownsSocketFile;
    private readonly Lock _gate = new();
    private ITransportListener? _accepting;
    private Task? _closing;

    internal Listener(Socket socket, ListenerKind kind, bool ownsSocketFile)
    {
        _socket = socket;
        _ownsSocketFile = ownsSocketFile;
        Kind = kind;
        EndPoint = socket.LocalEndPoint ?? throw new ArgumentException("The socket is not bound.", nameof(socket));
    }

    /// <summary>The protocol of the clients, and the server that answers them.</summary>
    public ListenerKind Kind { get; }

    /// <summary>The bound address, with the actual port if port 0 was asked for.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>Whether the clients speak TLS; known once the server has started that the listener belongs to.</summary>
    public bool SpeaksTls => Tls is not null;

    /// <summary>
    /// The listening socket, whose descriptor a successor may get. The socket stays this listener's; after
    /// <see cref="HandOverAsync"/> only the successor's copy is open.
    /// </summary>
    public SafeSocketHandle Handle => _socket.SafeHandle;

    /// <summary>
    /// Policy and certificates for the clients of the proxy; null if they speak plain HTTP. Set before
    /// <see cref="Accept"/>.
    /// </summary>
    internal TlsSource? Tls { get; set; }

    /// <summary>Stops accepting, closes the descriptor and removes the file of a unix socket. Accepted connections go on.</summary>
    public Task CloseAsync() => EndAsync(_ownsSocketFile);

    /// <summary>
    /// Stops accepting and closes the descriptor, after a successor has got a copy of it. The file of a unix socket
    /// stays, because the successor's clients connect through it; clients waiting in the backlog are the successor's.
    /// </summary>
    public Task HandOverAsync() => EndAsync(removesFile: false);

    /// <summary>Begins to accept clients; the loops of the transport own their connections.</summary>
    /// <param name="transport">Accepts on the socket.</param>
    /// <param name="acceptor">Receives each connection, established if there is TLS.</param>
    /// <exception cref="ObjectDisposedException">The listener has been closed.</exception>
    /// <exception cref="TlsException">The engine is missing, or refuses the policy or a certificate.</exception>
    internal void Accept(ITransport transport, IConnectionAcceptor acceptor)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing is not null, this);
            _accepting = transport.Listen(_socket, acceptor, Tls);
        }
    }

    private Task EndAsync(bool removesFile)
    {
        lock (_gate)
        {
            return _closing ??= EndOnceAsync(removesFile);
        }
    }

    private async Task EndOnceAsync(bool removesFile)
    {
        if (_accepting is not null)
        {
            await _accepting.StopAsync();
        }

        // The file is removed first: a client that finds the file may still connect, and one that does not is refused
        // at once.
        if (removesFile && EndPoint is UnixDomainSocketEndPoint unix)
        {
            UnixSocketFile.Remove(unix);
        }

        _socket.Dispose();
    }
}
