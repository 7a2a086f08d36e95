using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WunderProxy.IntegrationTests.Buffering;

/// <summary>
/// An application with a single worker: it answers one request after another, each with a body of one size, and sends a
/// whole response before it looks at the next request.
/// </summary>
internal sealed class OneWorkerApplication : IDisposable
{
    // Little, so that what the kernel takes for a client that does not read is known to be less than a body.
    private const int SendBufferBytes = 64 * 1024;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _body;
    private int _answered;
    private int _begun;

    public OneWorkerApplication(int bodyBytes)
    {
        _body = new byte[bodyBytes];
        new Random(bodyBytes).NextBytes(_body);
        _listener.SendBufferSize = SendBufferBytes;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(4096);
        _ = Task.Run(WorkAsync);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Number of large responses of which the worker has sent the head.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <summary>Number of large responses that were sent whole.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>The body of every large response.</summary>
    public ReadOnlySpan<byte> Body => _body;

    public void Dispose() => _listener.Dispose();

    private async Task WorkAsync()
    {
        while (true)
        {
            try
            {
                using var socket = await _listener.AcceptAsync();
                await AnswerAsync(socket);
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // The client or the proxy has left.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.Latin1, false, 4096);
        var request = await reader.ReadLineAsync();
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
            // The rest of the head says nothing that matters here.
        }

        var isSmall = request?.StartsWith("GET /small ", StringComparison.Ordinal) != false;
        var body = isSmall ? "small"u8.ToArray() : _body;
        var head = $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n";
        await SendAsync(socket, Encoding.Latin1.GetBytes(head));
        if (!isSmall)
        {
            Interlocked.Increment(ref _begun);
        }

        await SendAsync(socket, body);
        if (!isSmall)
        {
            Interlocked.Increment(ref _answered);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }
}
