using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>An application whose paths do what no application should.</summary>
internal sealed class HostileOrigin : IDisposable
{
    /// <summary>Size of the body of <c>/big</c> and <c>/big-chunked</c>.</summary>
    public const long BigBytes = 200L * 1024 * 1024;

    /// <summary>Chunks of <c>/chunks</c>, a byte in each.</summary>
    public const int ChunkCount = 100_000;

    /// <summary>Bytes of the head of <c>/headers</c>.</summary>
    public const int HeadBytes = 1024 * 1024;

    // Enough to be ahead of the proxy, and little enough that a thousand of them are no burden to the machine.
    private const int SendBufferBytes = 64 * 1024;

    private static readonly byte[] Block = Encoding.ASCII.GetBytes(new string('b', 64 * 1024));
    private static readonly byte[] ChunkedBlock = Encoding.ASCII
        .GetBytes("10000\r\n" + new string('b', 64 * 1024) + "\r\n");

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public HostileOrigin()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(4096);
        _ = AcceptAllAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>The body of <c>/chunks</c>, as a request may have it too.</summary>
    public static string TinyChunks { get; } = string.Concat(Enumerable.Repeat("1\r\nx\r\n", ChunkCount)) + "0\r\n\r\n";

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAllAsync()
    {
        while (true)
        {
            try
            {
                var socket = await _listener.AcceptAsync();
                socket.SendBufferSize = SendBufferBytes;
                _ = ServeAsync(socket);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        var reader = new StreamReader(new NetworkStream(socket), Encoding.Latin1, false, 4096);
        try
        {
            while (await reader.ReadLineAsync() is { Length: > 0 } line)
            {
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                    // The rest of the head says nothing that matters here.
                }

                await AnswerAsync(socket, reader, line.Split(' ')[1]);
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            // The proxy ended it, which is what most of these answers ask for.
        }
    }

    private static async Task AnswerAsync(Socket socket, StreamReader reader, string path)
    {
        switch (path)
        {
            case "/big":
                await SendAsync(socket, $"HTTP/1.1 200 OK\r\nContent-Length: {BigBytes}\r\n\r\n");
                await RepeatAsync(socket, Block, BigBytes / Block.Length);
                break;
            case "/big-chunked":
                await SendAsync(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                await RepeatAsync(socket, ChunkedBlock, BigBytes / Block.Length);
                await SendAsync(socket, "0\r\n\r\n");
                break;
            case "/chunks":
                await SendAsync(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + TinyChunks);
                break;
            case "/count":
                var count = (await CountAsync(reader)).ToString();
                await SendAsync(socket, $"HTTP/1.1 200 OK\r\nContent-Length: {count.Length}\r\n\r\n{count}");
                break;
            case "/headers":
                await SendAsync(socket, "HTTP/1.1 200 OK\r\n"
                    + string.Concat(Enumerable.Repeat($"X: {new string('h', 1020)}\r\n", HeadBytes / 1024)) + "\r\n");
                break;
            case "/endless":
                await SendAsync(socket, "HTTP/1.1 200 OK\r\nX: ");
                await RepeatAsync(socket, Block, long.MaxValue);
                break;
            default:
                await SendAsync(socket, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsmall");
                break;
        }
    }

    // Counts the letters of a body of one-byte chunks.
    private static async Task<int> CountAsync(StreamReader reader)
    {
        var count = 0;
        while (await reader.ReadLineAsync() is { } line and not "0")
        {
            count += line == "x" ? 1 : 0;
        }

        await reader.ReadLineAsync();
        return count;
    }

    private static Task SendAsync(Socket socket, string text) => RepeatAsync(socket, Encoding.Latin1.GetBytes(text), 1);

    private static async Task RepeatAsync(Socket socket, byte[] bytes, long times)
    {
        for (; times > 0; times--)
        {
            for (var at = 0; at < bytes.Length;)
            {
                at += await socket.SendAsync(bytes.AsMemory(at));
            }
        }
    }
}
