using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>
/// A relay in front of a server that a test can shut, so that the server cannot be reached although it runs.
/// </summary>
internal sealed class TcpGate : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private volatile Uri _server;
    private volatile bool _isShut;

    public TcpGate(Uri server)
    {
        _server = server;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>The address to connect to in place of the server's.</summary>
    public EndPoint EndPoint => _listener.LocalEndPoint!;

    public void Open() => _isShut = false;

    /// <summary>Breaks all connections; from now on the gate leads to another server.</summary>
    public void LeadTo(Uri server)
    {
        Close();
        _server = server;
        Open();
    }

    /// <summary>Breaks all connections and closes new ones.</summary>
    public void Close()
    {
        _isShut = true;
        foreach (var socket in _open.Keys)
        {
            socket.Close(0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        Close();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync(_stopping.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            if (_isShut)
            {
                client.Close(0);
            }
            else
            {
                _ = RelayAsync(client);
            }
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await server.ConnectAsync(IPAddress.Parse(_server.Host), _server.Port);
            _open[client] = _open[server] = true;
            await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
        }
        catch (SocketException)
        {
            // The client sees its connection end.
        }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            client.Close(0);
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory()) is var count and > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The other direction ends too.
        }
    }
}
