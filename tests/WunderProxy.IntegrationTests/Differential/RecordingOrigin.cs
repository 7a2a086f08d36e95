using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WunderProxy.IntegrationTests.Differential;

/// <summary>The raw origin behind one proxy: records the requests that arrive whole, and answers given bytes.</summary>
internal sealed class RecordingOrigin : IDisposable
{
    /// <summary>Stands in every answer of the origin, so that a proxy's own answers are known.</summary>
    public const string Mark = "X-Origin";

    private const string DefaultAnswer =
        $"HTTP/1.1 200 OK\r\n{Mark}: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    private readonly Socket _listener;
    private ConcurrentQueue<WireMessage> _requests = [];
    private byte[] _answer = [];
    private OriginEnd _end;

    public RecordingOrigin()
    {
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(128);
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>The requests of this case that came whole.</summary>
    public IReadOnlyList<WireMessage> Requests => [.. _requests];

    /// <summary>Begins a case: forgets what came, and sets the answer to every request of it.</summary>
    public void Begin(string? answer = null, OriginEnd end = OriginEnd.Close)
    {
        _answer = Encoding.Latin1.GetBytes(answer ?? DefaultAnswer);
        _end = end;
        _requests = [];
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync(), _requests);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket connection, ConcurrentQueue<WireMessage> requests)
    {
        using var owned = connection;
        var buffer = new byte[64 * 1024];
        byte[] received = [];
        try
        {
            while (true)
            {
                var count = await connection.ReceiveAsync(buffer);
                if (count == 0)
                {
                    return;
                }

                received = [.. received, .. buffer.AsSpan(0, count)];
                var reader = new WireReader(received);
                while (reader.HasMore && reader.ReadRequest() is { IsComplete: true } request)
                {
                    requests.Enqueue(request);
                    await connection.SendAsync(_answer);
                    if (_end != OriginEnd.Keep)
                    {
                        End(connection);
                        return;
                    }
                }

                received = received[reader.Position..];
            }
        }
        catch (SocketException)
        {
            // The proxy gave up: what came of the request does not count.
        }
        catch (FormatException exception)
        {
            // Shows in the comparison: no proxy may send this.
            requests.Enqueue(new WireMessage { StartLine = $"MALFORMED {exception.Message}", Fields = [] });
        }
    }

    private void End(Socket connection)
    {
        if (_end == OriginEnd.Reset)
        {
            connection.LingerState = new LingerOption(enable: true, 0);
        }
        else
        {
            connection.Shutdown(SocketShutdown.Send);
        }
    }
}
