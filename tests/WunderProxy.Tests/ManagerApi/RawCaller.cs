using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>Sends bytes to an address and reads the answer until the other side ends the connection.</summary>
internal static class RawCaller
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="request">The bytes, as Latin-1.</param>
    /// <param name="endsItsSide">Whether our side of the connection ends behind the request.</param>
    public static async Task<string> AskAsync(EndPoint endPoint, string request, bool endsItsSide = false)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(endPoint, deadline.Token);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), deadline.Token);
        if (endsItsSide)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(deadline.Token);
    }
}
