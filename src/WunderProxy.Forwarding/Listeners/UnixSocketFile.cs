using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Listeners;

/// <summary>Handles the file to which a unix socket is bound.</summary>
internal static class UnixSocketFile
{
    /// <summary>
    /// Returns the address in a form that hides from <see cref="Socket"/> that it created a file; otherwise it would
    /// remove the file together with the descriptor, even after a hand-over.
    /// </summary>
    public static EndPoint Unowned(UnixDomainSocketEndPoint endPoint) => new UnownedEndPoint(endPoint);

    /// <summary>
    /// Removes the file; a file that is gone, or that must not be removed, is left alone. Abstract names have no file.
    /// </summary>
    public static void Remove(UnixDomainSocketEndPoint endPoint)
    {
        var path = endPoint.ToString();
        if (path.Length == 0 || path[0] is '@' or '\0')
        {
            return;
        }

        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start removes a socket file at which no process answers.
        }
    }

    private sealed class UnownedEndPoint(UnixDomainSocketEndPoint endPoint) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Unix;

        public override SocketAddress Serialize() => endPoint.Serialize();

        public override EndPoint Create(SocketAddress socketAddress) => endPoint.Create(socketAddress);
    }
}
