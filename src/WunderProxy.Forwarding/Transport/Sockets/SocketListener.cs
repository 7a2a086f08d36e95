using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Transport.Sockets;

/// <summary>Accepts on one socket and deals the connections to the loops in turn.</summary>
internal sealed class SocketListener : ITransportListener
{
    // Long enough for descriptors to be given back, short beside what a client waits for.
    private const int PauseMilliseconds = 100;

    private readonly Socket _socket;
    private readonly IConnectionAcceptor _acceptor;
    private readonly IReadOnlyList<SocketLoop> _loops;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private int _next;

    public SocketListener(
        Socket socket, IConnectionAcceptor acceptor, IReadOnlyList<SocketLoop> loops, TimeProvider clock, ILogger logger)
    {
        _socket = socket;
        _acceptor = acceptor;
        _loops = loops;
        _clock = clock;
        _logger = logger;
        EndPoint = socket.LocalEndPoint ?? throw new ArgumentException("The socket is not bound.", nameof(socket));
        _ = AcceptLoopAsync(_stopping.Token);
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_stopping.IsCancellationRequested)
        {
            _stopping.Cancel();
            _socket.Dispose();
        }
    }

    private async Task AcceptLoopAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                HandOver(await _socket.AcceptAsync(stopping));
            }
            catch (SocketException exception) when (IsShortage(exception.SocketErrorCode))
            {
                TransportLog.AcceptPaused(_logger, EndPoint, exception.SocketErrorCode, PauseMilliseconds);
                await Task.Delay(TimeSpan.FromMilliseconds(PauseMilliseconds), _clock, CancellationToken.None);
            }
            catch (SocketException)
            {
                // The client was gone before it was accepted.
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static bool IsShortage(SocketError error) =>
        error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;

    private void HandOver(Socket accepted)
    {
        var loop = _loops[_next++ % _loops.Count];
        loop.Post(
            state =>
            {
                try
                {
                    _acceptor.OnAccepted(loop.Adopt((Socket)state!, EndPoint as UnixDomainSocketEndPoint));
                }
                catch (SocketException)
                {
                    accepted.Dispose();
                }
            },
            accepted);
    }
}
