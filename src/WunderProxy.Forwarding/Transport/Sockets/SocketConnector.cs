using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Sockets;

/// <summary>One attempt to connect, whose time limit is a timer of its loop.</summary>
#pragma warning disable CA1001 // Finish disposes of the socket and the arguments: every attempt ends there.
internal sealed class SocketConnector(SocketLoop loop, EndPoint endPoint) : LoopTimer, IValueTaskSource<ConnectResult>
#pragma warning restore CA1001
{
    private readonly SocketAsyncEventArgs _connect = new(unsafeSuppressExecutionContextFlow: true);
    private Socket? _socket;
    private ConnectResult _result;
    private LoopWait _wait;

    public ValueTask<ConnectResult> ConnectAsync(int timeoutMilliseconds)
    {
        _wait.Begin();
        try
        {
            Start(timeoutMilliseconds);
        }
        catch (SocketException exception)
        {
            Finish(new ConnectResult(null, exception.SocketErrorCode));
        }

        return new ValueTask<ConnectResult>(this, _wait.Version);
    }

    ConnectResult IValueTaskSource<ConnectResult>.GetResult(short token)
    {
        _wait.End(token);
        return _result;
    }

    ValueTaskSourceStatus IValueTaskSource<ConnectResult>.GetStatus(short token) => _wait.Status;

    void IValueTaskSource<ConnectResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(loop, continuation, state);

    /// <inheritdoc/>
    protected internal override void OnElapsed() => Finish(new ConnectResult(null, SocketError.TimedOut));

    private void Start(int timeoutMilliseconds)
    {
        var protocol = endPoint.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, protocol);
        _connect.RemoteEndPoint = endPoint;
        _connect.Completed += (_, _) => loop.Post(static self => ((SocketConnector)self!).OnConnected(), this);
        if (timeoutMilliseconds > 0)
        {
            loop.Timers.Arm(this, loop.NowMilliseconds, timeoutMilliseconds);
        }

        if (!_socket.ConnectAsync(_connect))
        {
            loop.Post(static self => ((SocketConnector)self!).OnConnected(), this);
        }
    }

    private void OnConnected()
    {
        if (!_wait.IsWaiting)
        {
            return;
        }

        if (_connect.SocketError != SocketError.Success)
        {
            Finish(new ConnectResult(null, _connect.SocketError));
            return;
        }

        var connection = loop.Adopt(_socket!, endPoint);
        _socket = null;
        Finish(new ConnectResult(connection, SocketError.Success));
    }

    private void Finish(ConnectResult result)
    {
        loop.Timers.Disarm(this);
        _result = result;
        _socket?.Dispose();
        _connect.Dispose();
        _wait.CompleteSoon(loop);
    }
}
