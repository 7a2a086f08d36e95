using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Transport.Sockets;

/// <summary>Asks a socket for its addresses without throwing if the socket has been closed.</summary>
internal static class SocketAddresses
{
    /// <summary>
    /// Returns the address of the remote end, or null if it is unnamed, as clients of unix sockets are, or gone.
    /// </summary>
    public static EndPoint? RemoteOf(Socket socket)
    {
        try
        {
            return Named(socket.RemoteEndPoint);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Returns this process's address, or null if it is unnamed or gone.</summary>
    public static EndPoint? LocalOf(Socket socket)
    {
        try
        {
            return Named(socket.LocalEndPoint);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static EndPoint? Named(EndPoint? endPoint) =>
        endPoint is UnixDomainSocketEndPoint && endPoint.ToString() is null or "" ? null : endPoint;
}
