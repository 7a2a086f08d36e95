using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>An application that answers nobody until it is told to, so that as many are served at once as are waiting.</summary>
internal sealed class HoldingOrigin : IDisposable
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    public HoldingOrigin()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(4096);
        _ = AcceptAllAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Requests that have come since the start and wait for the release.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Answers all, and from now on everybody at once.</summary>
    public void Release() => _released.TrySetResult();

    public void Dispose()
    {
        Release();
        _listener.Dispose();
    }

    private async Task AcceptAllAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        var buffer = new byte[4096];
        try
        {
            // A request without a body is one segment here: the proxy sends its head at once.
            while (await socket.ReceiveAsync(buffer) > 0)
            {
                Interlocked.Increment(ref _waiting);
                await _released.Task;
                await socket.SendAsync(Answer);
            }
        }
        catch (SocketException)
        {
            // The proxy has ended it.
        }
    }
}
