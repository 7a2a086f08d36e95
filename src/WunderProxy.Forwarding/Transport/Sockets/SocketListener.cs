using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Transport.Sockets;

/// <summary>Accepts on one socket and distributes the connections over the loops in turn.</summary>
#pragma warning disable CA1001 // The source of _stopping has no timer and no linked source: nothing is left to free.
internal sealed class SocketListener : ITransportListener
#pragma warning restore CA1001
{
    private readonly Socket _socket;
    private readonly IConnectionAcceptor _acceptor;
    private readonly IReadOnlyList<SocketLoop> _loops;
    private readonly TimeProvider _clock;
    private readonly AcceptPause _pause;
    private readonly EndPoint _endPoint;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private uint _next;

    public SocketListener(
        Socket socket, IConnectionAcceptor acceptor, IReadOnlyList<SocketLoop> loops, TimeProvider clock, ILogger logger)
    {
        _socket = socket;
        _acceptor = acceptor;
        _loops = loops;
        _clock = clock;
        _endPoint = socket.LocalEndPoint ?? throw new ArgumentException("The socket is not bound.", nameof(socket));
        _pause = new AcceptPause(_endPoint, clock, logger);
        _accepting = AcceptLoopAsync(_stopping.Token);
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
    }

    private async Task AcceptLoopAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (await TryAcceptAsync(stopping) is > 0 and var pause)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(pause), _clock, stopping)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Accepts one connection if there is room.</summary>
    /// <returns>Milliseconds to wait before the next attempt; 0 to try at once.</returns>
    private async ValueTask<int> TryAcceptAsync(CancellationToken stopping)
    {
        if (!_acceptor.TryReserve())
        {
            if (_acceptor.IsMakingRoom)
            {
                return AcceptPause.MillisecondsToMakeRoom;
            }

            _pause.OnNoRoom();
            return AcceptPause.Milliseconds;
        }

        var error = await AcceptOneAsync(stopping);
        if (error == SocketError.Success)
        {
            return 0;
        }

        _acceptor.CancelReservation();
        if (IsOfClient(error) || stopping.IsCancellationRequested)
        {
            return 0;
        }

        // A shortage of resources, or an error that would repeat at once and keep a thread busy for nothing.
        _pause.OnError(error);
        return AcceptPause.Milliseconds;
    }

    private async ValueTask<SocketError> AcceptOneAsync(CancellationToken stopping)
    {
        try
        {
            HandOver(await _socket.AcceptAsync(stopping));
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            return SocketError.OperationAborted;
        }
    }

    /// <summary>Whether the error concerns a single client, which was gone before it was accepted.</summary>
    private static bool IsOfClient(SocketError error) =>
        error is SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.Interrupted
            or SocketError.NetworkDown or SocketError.NetworkUnreachable or SocketError.HostDown
            or SocketError.HostUnreachable or SocketError.ProtocolOption or SocketError.OperationNotSupported;

    private void HandOver(Socket accepted)
    {
        var loop = _loops[(int)(_next++ % (uint)_loops.Count)];
        loop.Post(
            state =>
            {
                SocketConnection connection;
                try
                {
                    connection = loop.Adopt((Socket)state!, _endPoint as UnixDomainSocketEndPoint);
                }
                catch (SocketException)
                {
                    accepted.Dispose();
                    _acceptor.CancelReservation();
                    return;
                }

                _acceptor.OnAccepted(connection);
            },
            accepted);
    }
}
