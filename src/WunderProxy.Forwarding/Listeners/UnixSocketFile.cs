using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Listeners;

/// <summary>The file that a unix socket is bound to.</summary>
internal static class UnixSocketFile
{
    /// <summary>
    /// The address in a form by which <see cref="Socket"/> does not know that it made a file: it would remove the file with the
    /// descriptor, also after a hand-over.
    /// </summary>
    public static EndPoint Unowned(UnixDomainSocketEndPoint endPoint) => new UnownedEndPoint(endPoint);

    /// <summary>Removes the file; a file that is gone or not ours to remove stays as it is. Abstract names have none.</summary>
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
            // The next start removes a socket file at which nobody answers.
        }
    }

    private sealed class UnownedEndPoint(UnixDomainSocketEndPoint endPoint) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Unix;

        public override SocketAddress Serialize() => endPoint.Serialize();

        public override EndPoint Create(SocketAddress socketAddress) => endPoint.Create(socketAddress);
    }
}
