using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Listeners;

/// <summary>
/// One listening socket: its only owner, from bind to close. The transport that accepts on it borrows the descriptor; closing
/// stops the transport first, so that the number of a closed descriptor is never accepted on. Started and closed by one caller
/// at a time; closing is safe to repeat, from any thread.
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

    /// <summary>What the clients speak, and which server answers them.</summary>
    public ListenerKind Kind { get; }

    /// <summary>The bound address, with the real port when port 0 was asked for.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>
    /// The listening socket, to pass its descriptor to a successor. It stays this listener's; after <see cref="HandOverAsync"/>
    /// only the successor's copy is open.
    /// </summary>
    public SafeSocketHandle Handle => _socket.SafeHandle;

    /// <summary>Stops accepting, closes the descriptor and removes the file of a unix socket. Accepted connections go on.</summary>
    public Task CloseAsync() => EndAsync(_ownsSocketFile);

    /// <summary>
    /// Stops accepting and closes the descriptor once a successor has a copy of it. The file of a unix socket stays, since the
    /// successor's clients connect through it; clients that wait in the backlog are the successor's.
    /// </summary>
    public Task HandOverAsync() => EndAsync(removesFile: false);

    /// <summary>Accepts clients from now on; the loops of the transport own their connections.</summary>
    /// <exception cref="ObjectDisposedException">The listener is closed.</exception>
    internal void Accept(ITransport transport, IConnectionAcceptor acceptor)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing is not null, this);
            _accepting = transport.Listen(_socket, acceptor);
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

        // The file first: a client that finds it may still connect, one that does not find it hears so at once.
        if (removesFile && EndPoint is UnixDomainSocketEndPoint unix)
        {
            UnixSocketFile.Remove(unix);
        }

        _socket.Dispose();
    }
}
