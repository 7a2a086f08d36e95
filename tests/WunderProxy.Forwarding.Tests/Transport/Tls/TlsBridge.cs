using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>Gives tests with plain sockets a way into a TLS listener: for each plain connection one TLS connection.</summary>
internal sealed class TlsBridge : IDisposable
{
    private readonly EndPoint _server;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    // A socket that nobody refers to would be closed by the garbage collector, in spite of the pending receive.
    private readonly ConcurrentBag<Socket> _sockets = [];

    public TlsBridge(EndPoint server)
    {
        _server = server;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1024);
        _ = AcceptAsync();
    }

    public EndPoint EndPoint => _listener.LocalEndPoint!;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var plain = await _listener.AcceptAsync();
                var server = new Socket(
                    _server.AddressFamily, SocketType.Stream, _server is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
                _sockets.Add(plain);
                _sockets.Add(server);
                _ = new TlsBridgeConnection(plain, server).RunAsync(_server);
            }
        }
        catch (Exception exception) when (TlsBridgeConnection.IsEnd(exception))
        {
            // Disposed of.
        }
    }
}
