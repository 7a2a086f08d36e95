using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Keep-alive connections that all ask at once, then all read: as many exchanges are under way; none of it allocates.</summary>
internal sealed class BlockingClients : IDisposable
{
    private readonly Socket[] _sockets;

    /// <summary>Connects without await: a socket that was ever used asynchronously allocates in each blocking call.</summary>
    public BlockingClients(EndPoint endPoint, int count)
    {
        _sockets = new Socket[count];
        for (var index = 0; index < count; index++)
        {
            _sockets[index] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _sockets[index].Connect(endPoint);
        }
    }

    /// <summary>Has at least so many exchanges done.</summary>
    public void Exchange(int count, ReadOnlySpan<byte> request, ReadOnlySpan<byte> answerEnd)
    {
        for (var done = 0; done < count; done += _sockets.Length)
        {
            foreach (var socket in _sockets)
            {
                socket.Send(request);
            }

            foreach (var socket in _sockets)
            {
                ReadAnswer(socket, answerEnd);
            }
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private static void ReadAnswer(Socket socket, ReadOnlySpan<byte> end)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var length = 0;
        while (!buffer[..length].EndsWith(end))
        {
            var count = socket.Receive(buffer[length..]);
            length += count > 0 ? count : throw new IOException("the proxy ended a connection");
        }
    }
}
