using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WunderProxy.IntegrationTests.Buffering;

/// <summary>An application that answers one request with a stream of events, each of which it writes when the test says so.</summary>
internal sealed class EventApplication : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private Socket? _socket;

    public EventApplication() => _listener.Start();

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Takes the request and answers with the head of a stream without known length.</summary>
    /// <param name="isChunked">Whether the stream comes in chunks; otherwise the connection's end will end it.</param>
    public async Task BeginAsync(bool isChunked)
    {
        _socket = await _listener.AcceptSocketAsync();
        using var reader = new StreamReader(new NetworkStream(_socket), Encoding.Latin1, false, 4096);
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
            // The request's head says nothing that matters here.
        }

        var framing = isChunked ? "Transfer-Encoding: chunked" : "Connection: close";
        await WriteAsync($"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{framing}\r\n\r\n");
    }

    /// <summary>Writes one event of a stream in chunks, or of one without.</summary>
    public Task WriteEventAsync(string text, bool isChunked)
    {
        var data = $"data: {text}\n\n";
        return WriteAsync(isChunked ? $"{data.Length:x}\r\n{data}\r\n" : data);
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _listener.Dispose();
    }

    private async Task WriteAsync(string text)
    {
        ReadOnlyMemory<byte> bytes = Encoding.Latin1.GetBytes(text);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket!.SendAsync(bytes)..];
        }
    }
}
