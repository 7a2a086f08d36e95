using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace WunderProxy.IntegrationTests.Buffering;

/// <summary>
/// An application that counts the requests that reach it, reads their bodies by Content-Length, as one that knows no
/// chunks, and answers with their digests.
/// </summary>
internal sealed class UploadApplication : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private int _connections;

    public UploadApplication()
    {
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Number of connections that were opened to the application.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                Interlocked.Increment(ref _connections);
                _ = Task.Run(() => AnswerAsync(socket));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private static async Task AnswerAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var length = await ReadHeadAsync(stream);
            var body = new byte[length];
            await stream.ReadExactlyAsync(body);
            var digest = Convert.ToHexStringLower(SHA256.HashData(body));
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {digest.Length}\r\n\r\n{digest}"));
        }
        catch (IOException)
        {
            // The proxy has left.
        }
    }

    private static async Task<int> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var octet = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(octet);
            head.Append((char)octet[0]);
        }

        const string Name = "Content-Length: ";
        var line = head.ToString().Split("\r\n").FirstOrDefault(line => line.StartsWith(Name, StringComparison.OrdinalIgnoreCase));
        return line is null ? 0 : int.Parse(line[Name.Length..], CultureInfo.InvariantCulture);
    }
}
