using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>
/// Stands between the product and the real S3 server and makes requests fail as a test wants. One request for each
/// connection; the signature covers the Host field, which goes through untouched.
/// </summary>
internal sealed class StoreRelay : IAsyncDisposable
{
    private static readonly TimeSpan Slowness = TimeSpan.FromSeconds(1);

    private readonly Uri _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private Func<StoreRequest, StoreFault> _judge = _ => StoreFault.None;
    private int _faults;

    public StoreRelay(string server)
    {
        _server = new Uri(server);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    /// <summary>Faults dealt out since the judge was set.</summary>
    public int Faults => Volatile.Read(ref _faults);

    /// <summary>Sets what happens to each request from now on.</summary>
    public void Judge(Func<StoreRequest, StoreFault> judge)
    {
        Volatile.Write(ref _faults, 0);
        Volatile.Write(ref _judge, judge);
    }

    /// <summary>All requests meet this fault from now on.</summary>
    public void Judge(StoreFault fault) => Judge(_ => fault);

    /// <summary>Lets everything through again.</summary>
    public void Heal() => Judge(StoreFault.None);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stopping.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var client = new NetworkStream(socket, ownsSocket: true);
            var (head, body) = await ReadAsync(client);
            var start = head.Split(' ', 3);
            var target = start[1].Split('?', 2);
            var fault = Volatile.Read(ref _judge)(new StoreRequest(start[0], target[0], target.ElementAtOrDefault(1) ?? ""));
            if (fault != StoreFault.None)
            {
                Interlocked.Increment(ref _faults);
            }

            await AnswerAsync(client, socket, head, body, fault);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The product sees its connection end, as with any network.
        }
    }

    private async Task AnswerAsync(NetworkStream client, Socket socket, string head, byte[] body, StoreFault fault)
    {
        switch (fault)
        {
            case StoreFault.Broken:
                socket.Close(0);
                break;
            case StoreFault.Error:
                await RefuseAsync(client, "500 Internal Server Error", "InternalError");
                break;
            case StoreFault.Denied:
                await RefuseAsync(client, "403 Forbidden", "AccessDenied");
                break;
            case StoreFault.Lost:
                await RefuseAsync(client, "412 Precondition Failed", "PreconditionFailed");
                break;
            case StoreFault.AnswerLost:
                await ForwardAsync(head, body, Stream.Null);
                await RefuseAsync(client, "500 Internal Server Error", "InternalError");
                break;
            case StoreFault.Slow:
                await Task.Delay(Slowness, TimeProvider.System, _stopping.Token);
                goto default;
            default:
                await ForwardAsync(head, body, client);
                break;
        }
    }

    private static async Task<(string Head, byte[] Body)> ReadAsync(NetworkStream client)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (bytes.Count < 4 || !(bytes[^4] == '\r' && bytes[^3] == '\n' && bytes[^2] == '\r' && bytes[^1] == '\n'))
        {
            await client.ReadExactlyAsync(one);
            bytes.Add(one[0]);
        }

        var fields = Encoding.ASCII.GetString([.. bytes])[..^4].Split("\r\n").ToList();
        var length = fields.Find(field => field.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        if (fields.RemoveAll(field => field.StartsWith("Expect:", StringComparison.OrdinalIgnoreCase)) > 0)
        {
            await client.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        }

        var body = new byte[length is null ? 0 : int.Parse(length.Split(':')[1], CultureInfo.InvariantCulture)];
        await client.ReadExactlyAsync(body);
        fields.RemoveAll(field => field.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase));
        return ($"{string.Join("\r\n", fields)}\r\nConnection: close\r\n\r\n", body);
    }

    private static async Task RefuseAsync(NetworkStream client, string status, string code)
    {
        var body = $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>made by the test</Message></Error>";
        await client.WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
    }

    private async Task ForwardAsync(string head, byte[] body, Stream answer)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Parse(_server.Host), _server.Port);
        var stream = server.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        await stream.WriteAsync(body);
        await stream.CopyToAsync(answer, _stopping.Token);
    }
}
