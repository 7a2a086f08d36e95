using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Tests.Cli;

/// <summary>Accepts one connection, reads from it and never answers.</summary>
internal sealed class SilentUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SilentUpstream()
    {
        _listener.Start();
        Received = AcceptAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Completes when the first bytes have come.</summary>
    public Task<Socket> Received { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        try
        {
            (await Received).Dispose();
        }
        catch (SocketException)
        {
            // Nobody connected before the listener stopped.
        }
    }

    private async Task<Socket> AcceptAsync()
    {
        var socket = await _listener.AcceptSocketAsync();
        await socket.ReceiveAsync(new byte[1024]);
        return socket;
    }
}
