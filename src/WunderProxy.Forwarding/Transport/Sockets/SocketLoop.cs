using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Sockets;

/// <summary>A thread that runs the completions of the runtime's socket engine.</summary>
internal sealed class SocketLoop : ThreadLoop
{
    private readonly AutoResetEvent _wakeUp = new(initialState: false);
    private readonly HashSet<SocketConnection> _connections = [];

    public SocketLoop(int index, TimeProvider clock, ILogger logger)
        : base(index, clock, logger)
    {
    }

    /// <inheritdoc/>
    public override ValueTask<ConnectResult> ConnectAsync(EndPoint endPoint, int timeoutMilliseconds) =>
        new SocketConnector(this, endPoint).ConnectAsync(timeoutMilliseconds);

    /// <summary>Takes over a connected socket. Called on the loop.</summary>
    public SocketConnection Adopt(Socket socket, EndPoint? remoteFallback)
    {
        var connection = new SocketConnection(this, socket, remoteFallback);
        _connections.Add(connection);
        connection.AwaitReadable();
        return connection;
    }

    /// <summary>Removes a connection that has closed.</summary>
    public void Forget(SocketConnection connection) => _connections.Remove(connection);

    /// <inheritdoc/>
    protected override void Wake() => _wakeUp.Set();

    /// <inheritdoc/>
    protected override void WaitForEvents(int timeoutMilliseconds) => _wakeUp.WaitOne(timeoutMilliseconds);

    /// <inheritdoc/>
    protected override void RunEvents()
    {
        // Empty: the socket engine posts its completions as work.
    }

    /// <inheritdoc/>
    protected override void CloseAll()
    {
        foreach (var connection in _connections.ToArray())
        {
            connection.Abort();
        }
    }

    /// <inheritdoc/>
    protected override void Release() => _wakeUp.Dispose();
}
