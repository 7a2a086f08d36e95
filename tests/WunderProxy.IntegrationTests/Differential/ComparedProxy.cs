using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WunderProxy.IntegrationTests.Differential;

/// <summary>One of the proxies that are compared, with an origin of its own.</summary>
internal sealed class ComparedProxy(string name, EndPoint endPoint, RecordingOrigin origin, IDisposable process)
    : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public string Name => name;

    /// <summary>Sends bytes and says what became of the request.</summary>
    public async Task<string> RequestOutcomeAsync(string request)
    {
        origin.Begin();
        var (received, isEndInOrder) = await ExchangeAsync(request);
        return Outcome.OfRequest(origin.Requests, received, isEndInOrder);
    }

    /// <summary>Sends requests without bodies, has the origin answer bytes, and says what became of them.</summary>
    public async Task<string> ResponseOutcomeAsync(string request, string response, OriginEnd end)
    {
        origin.Begin(response, end);
        var (received, isEndInOrder) = await ExchangeAsync(request);
        string[] methods = [.. request.Split("\r\n\r\n").Select(head => head.Split(' ')[0])];
        return Outcome.OfResponse(methods, received, isEndInOrder);
    }

    public void Dispose()
    {
        process.Dispose();
        origin.Dispose();
    }

    private async Task<(byte[] Received, bool IsEndInOrder)> ExchangeAsync(string request)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var protocol = endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, protocol);
        await socket.ConnectAsync(endPoint, deadline.Token);
        var received = new List<byte>();
        var buffer = new byte[64 * 1024];
        try
        {
            var sending = SendAsync(socket, Encoding.Latin1.GetBytes(request), deadline.Token);
            int count;
            while ((count = await socket.ReceiveAsync(buffer, deadline.Token)) > 0)
            {
                received.AddRange(buffer.AsSpan(0, count));
            }

            await sending;
            return ([.. received], true);
        }
        catch (SocketException)
        {
            return ([.. received], false);
        }
        catch (OperationCanceledException exception)
        {
            var text = Encoding.Latin1.GetString([.. received]);
            throw new TimeoutException($"{name} keeps the connection after: {text}", exception);
        }
    }

    // Whoever refuses need not read to the end: that the rest could not be sent says nothing.
    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
            }
        }
        catch (SocketException)
        {
            // See above.
        }
    }
}
