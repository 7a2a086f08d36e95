using System.Net;
using System.Net.Sockets;

namespace WunderProxy.TestSupport;

/// <summary>Finds free ports of 127.0.0.1 for programs that need a port number at their start.</summary>
public static class FreePort
{
    // Below the range from which Linux takes ports for outgoing connections (net.ipv4.ip_local_port_range): a port of
    // that range could be in use again before the program listens.
    private const int First = 20_000;
    private const int Count = 12_000;

    private static int _next = Random.Shared.Next(Count);

    /// <summary>Returns a port that is free at present, and that this process returns only once.</summary>
    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port from {First} to {First + Count - 1} is free.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
