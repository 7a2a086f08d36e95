using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WunderProxy.IntegrationTests.Buffering;

/// <summary>A client that asks for the application's large response, and reads when it is told to.</summary>
internal sealed class SlowClient : IDisposable
{
    private const int ReceiveBufferBytes = 32 * 1024;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[64 * 1024];

    private SlowClient() => _socket.ReceiveBufferSize = ReceiveBufferBytes;

    /// <summary>Connects and sends the request.</summary>
    public static async Task<SlowClient> StartAsync(EndPoint proxy)
    {
        var client = new SlowClient();
        await client._socket.ConnectAsync(proxy);
        await client._socket.SendAsync(Encoding.ASCII.GetBytes("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        return client;
    }

    /// <summary>Reads so many bytes a second until the end is asked for, or the response has ended.</summary>
    /// <returns>Whether the connection is still there, or ended in order.</returns>
    public async Task<bool> ReadSlowlyAsync(int bytesPerSecond, CancellationToken end)
    {
        try
        {
            while (true)
            {
                for (var wanted = bytesPerSecond; wanted > 0;)
                {
                    var count = await _socket.ReceiveAsync(_buffer.AsMemory(0, Math.Min(wanted, _buffer.Length)), end);
                    if (count == 0)
                    {
                        return true;
                    }

                    wanted -= count;
                }

                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, end);
            }
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Reads the response to its end at full speed.</summary>
    /// <returns>The body; cut off if the connection broke.</returns>
    public async Task<byte[]> ReadBodyAsync()
    {
        using var received = new MemoryStream();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            while (await _socket.ReceiveAsync(_buffer, deadline.Token) is > 0 and var count)
            {
                received.Write(_buffer, 0, count);
            }
        }
        catch (SocketException)
        {
            // The caller sees it by the length.
        }

        var bytes = received.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        return end < 0 ? [] : bytes[(end + 4)..];
    }

    public void Dispose() => _socket.Dispose();
}
