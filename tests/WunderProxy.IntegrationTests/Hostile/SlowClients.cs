using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.IntegrationTests.Tls;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>Very many connections of one thread, each of which sends a byte a second.</summary>
internal sealed class SlowClients : IDisposable
{
    private const byte Drop = (byte)'x';

    // What each sends in a second. It is encrypted at the beginning: so many TLS sessions would need much memory.
    private readonly Dictionary<Socket, byte[][]> _sockets = [];
    private readonly int _seconds;

    /// <summary>Opens them.</summary>
    /// <param name="proxy">Where the program listens.</param>
    /// <param name="isSecure">Whether it speaks TLS there.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="beginning">What each sends at once.</param>
    /// <param name="seconds">How long each sends a byte a second.</param>
    public SlowClients(EndPoint proxy, bool isSecure, int count, string beginning, int seconds)
    {
        _seconds = seconds;
        var bytes = Encoding.ASCII.GetBytes(beginning);
        for (var number = 0; number < count; number++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket, []);
            socket.Connect(proxy);
            _sockets[socket] = isSecure ? BeginSecure(socket, bytes) : Begin(socket, bytes);
            socket.Blocking = false;
        }
    }

    /// <summary>Has each send its bytes.</summary>
    /// <returns>How many of the connections took all of them.</returns>
    public async Task<int> DripAsync()
    {
        var open = new HashSet<Socket>(_sockets.Keys);
        for (var second = 0; second < _seconds; second++)
        {
            var start = Stopwatch.GetTimestamp();
            open.RemoveWhere(socket =>
                socket.Send(_sockets[socket][second], SocketFlags.None, out var error) != _sockets[socket][second].Length
                || error != SocketError.Success);
            var rest = TimeSpan.FromSeconds(1) - Stopwatch.GetElapsedTime(start);
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, TimeProvider.System);
        }

        return open.Count;
    }

    public void Dispose()
    {
        foreach (var socket in _sockets.Keys)
        {
            socket.Dispose();
        }
    }

    private byte[][] Begin(Socket socket, byte[] beginning)
    {
        socket.Send(beginning);
        return [.. Enumerable.Repeat<byte[]>([Drop], _seconds)];
    }

    private byte[][] BeginSecure(Socket socket, byte[] beginning)
    {
        using var end = TlsEnd.Client();
        HandshakeClient.Shake(socket, end);
        end.Write(beginning);
        socket.Send(end.TakeSent());
        return [.. Enumerable.Range(0, _seconds).Select(_ => Encrypt(end))];
    }

    private static byte[] Encrypt(TlsEnd end)
    {
        end.Write([Drop]);
        return end.TakeSent();
    }
}
