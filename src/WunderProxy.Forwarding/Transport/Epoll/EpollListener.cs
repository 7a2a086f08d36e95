using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>A listening socket that every loop watches.</summary>
internal sealed class EpollListener : ITransportListener
{
    private readonly Socket _socket;
    private readonly EpollAcceptor[] _acceptors;
    private int _acceptorsLeft;
    private bool _isDisposed;

    public EpollListener(
        Socket socket, IConnectionAcceptor acceptor, IReadOnlyList<EpollLoop> loops, TimeProvider clock, ILogger logger)
    {
        EndPoint = socket.LocalEndPoint ?? throw new ArgumentException("The socket is not bound.", nameof(socket));
        _socket = socket;
        _socket.Blocking = false;
        Descriptor = (int)_socket.SafeHandle.DangerousGetHandle();
        if (EndPoint is IPEndPoint)
        {
            // Accepted sockets inherit this option, which saves a call for each.
            _socket.NoDelay = true;
        }

        var pause = new AcceptPause(EndPoint, clock, logger);
        _acceptors = [.. loops.Select(loop => new EpollAcceptor(this, loop, loops, acceptor, pause))];
        _acceptorsLeft = _acceptors.Length;
        foreach (var each in _acceptors)
        {
            each.Start();
        }
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <summary>Descriptor of the listening socket.</summary>
    public int Descriptor { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        foreach (var each in _acceptors)
        {
            each.Stop();
        }
    }

    /// <summary>Notes that one loop no longer watches the socket; after the last loop the socket is closed.</summary>
    public void OnAcceptorStopped()
    {
        if (Interlocked.Decrement(ref _acceptorsLeft) == 0)
        {
            _socket.Dispose();
        }
    }
}
