using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Transport.OpenSsl;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>A listening socket that every loop watches.</summary>
internal sealed class EpollListener : ITransportListener
{
    private readonly EpollAcceptor[] _acceptors;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _acceptorsLeft;
    private bool _isStopping;

    public EpollListener(
        Socket socket, IConnectionAcceptor acceptor, TlsContextSource? tlsContexts, IReadOnlyList<EpollLoop> loops,
        TimeProvider clock, ILogger logger)
    {
        TlsContexts = tlsContexts;
        EndPoint = socket.LocalEndPoint ?? throw new ArgumentException("The socket is not bound.", nameof(socket));
        socket.Blocking = false;
        Descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        if (EndPoint is IPEndPoint)
        {
            // Accepted sockets inherit this option, which saves a call for each.
            socket.NoDelay = true;
        }

        var pause = new AcceptPause(EndPoint, clock, logger);
        _acceptors = [.. loops.Select(loop => new EpollAcceptor(this, loop, loops, acceptor, pause))];
        _acceptorsLeft = _acceptors.Length;
        foreach (var each in _acceptors)
        {
            each.Start();
        }
    }

    /// <summary>The address to which the socket is bound.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>Where the handshakes of the clients get their contexts; null if connections are plain.</summary>
    public TlsContextSource? TlsContexts { get; }

    /// <summary>Descriptor of the listening socket.</summary>
    public int Descriptor { get; }

    /// <inheritdoc/>
    public Task StopAsync()
    {
        if (!Interlocked.Exchange(ref _isStopping, true))
        {
            foreach (var each in _acceptors)
            {
                each.Stop();
            }
        }

        return _stopped.Task;
    }

    /// <summary>Notes that one loop no longer watches the socket.</summary>
    public void OnAcceptorStopped()
    {
        if (Interlocked.Decrement(ref _acceptorsLeft) == 0)
        {
            _stopped.TrySetResult();
        }
    }

    /// <summary>Notes that all loops have ended, one of them perhaps before it was told to stop watching.</summary>
    public void OnLoopsEnded()
    {
        TlsContexts?.Dispose();
        _stopped.TrySetResult();
    }
}
