using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>Very many connections of one thread, each of which sends a byte a second.</summary>
internal sealed class SlowClients : IDisposable
{
    private readonly List<Socket> _sockets = [];

    /// <summary>Opens them.</summary>
    public SlowClients(EndPoint proxy, int count, string beginning)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(beginning);
        for (var number = 0; number < count; number++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            socket.Connect(proxy);
            socket.Send(bytes);
            socket.Blocking = false;
        }
    }

    /// <summary>Has each send a byte a second.</summary>
    /// <returns>How many of the connections took all of them.</returns>
    public async Task<int> DripAsync(int seconds)
    {
        var open = new HashSet<Socket>(_sockets);
        byte[] next = [(byte)'x'];
        for (var second = 0; second < seconds; second++)
        {
            var start = Stopwatch.GetTimestamp();
            open.RemoveWhere(socket => socket.Send(next, SocketFlags.None, out var error) != 1
                || error != SocketError.Success);
            var rest = TimeSpan.FromSeconds(1) - Stopwatch.GetElapsedTime(start);
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, TimeProvider.System);
        }

        return open.Count;
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
