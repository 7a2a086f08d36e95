using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Listeners;

/// <summary>Opens listening sockets, one address at a time.</summary>
internal static class ListenSockets
{
    // The kernel lowers this to net.core.somaxconn, whose default is 4096 since Linux 5.4.
    private const int Backlog = 4096;

    /// <summary>Binds and listens on one address.</summary>
    /// <param name="endPoint">
    /// An IP address or a unix-socket path. As in nginx and HAProxy, <c>[::]</c> takes IPv6 only. A left-over socket
    /// file is removed if no process answers at it.
    /// </param>
    /// <param name="unixMode">File mode of a unix socket; null leaves the mode to the umask.</param>
    /// <returns>The socket. Its owner removes the file of a unix socket; see <see cref="UnixSocketFile"/>.</returns>
    /// <exception cref="ListenException">
    /// The address is in use, not permitted, or not an address of this machine.
    /// </exception>
    public static Socket Bind(EndPoint endPoint, UnixFileMode? unixMode = null)
    {
        var isUnix = endPoint.AddressFamily == AddressFamily.Unix;
        Socket? socket = null;
        try
        {
            socket = new Socket(
                endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
            if (isUnix)
            {
                BindUnix(socket, (UnixDomainSocketEndPoint)endPoint, unixMode);
            }
            else
            {
                BindTcp(socket, endPoint);
            }

            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException exception)
        {
            Abandon(socket);
            throw new ListenException(endPoint, exception);
        }
        catch
        {
            Abandon(socket);
            throw;
        }
    }

    /// <summary>Whether a socket is bound to an address and listens.</summary>
    public static bool IsListening(Socket socket) =>
        socket.LocalEndPoint is not null
        && socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection) is not 0;

    /// <summary>
    /// Sets <see cref="UnsentLimit"/>, which every accepted connection inherits; has no effect on unix sockets.
    /// </summary>
    public static void LimitUnsent(Socket socket)
    {
        if (OperatingSystem.IsLinux() && socket.AddressFamily != AddressFamily.Unix)
        {
            socket.SetRawSocketOption(
                (int)SocketOptionLevel.Tcp, UnsentLimit.Option, BitConverter.GetBytes(UnsentLimit.Bytes));
        }
    }

    /// <summary>Closes a socket that does not listen, and removes the file that its bind created.</summary>
    private static void Abandon(Socket? socket)
    {
        if (socket?.LocalEndPoint is UnixDomainSocketEndPoint unix)
        {
            UnixSocketFile.Remove(unix);
        }

        socket?.Dispose();
    }

    private static void BindTcp(Socket socket, EndPoint endPoint)
    {
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = false;
        }

        LimitUnsent(socket);
        socket.Bind(endPoint);
    }

    private static void BindUnix(Socket socket, UnixDomainSocketEndPoint endPoint, UnixFileMode? mode)
    {
        var path = endPoint.ToString();
        if (File.Exists(path))
        {
            RemoveLeftOver(endPoint, path);
        }

        socket.Bind(UnixSocketFile.Unowned(endPoint));

        // Set before listen, so that no client can connect while the file still has the mode of the umask.
        if (mode is { } wanted && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, wanted);
        }
    }

    private static void RemoveLeftOver(UnixDomainSocketEndPoint endPoint, string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        probe.Blocking = false;
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // The kernel gives the same answer for a path that is not a socket; such a file must not be removed.
            if (IsSocket(path))
            {
                File.Delete(path);
            }
        }
        catch (SocketException)
        {
            // A process listens there, or the answer is unclear; bind reports it.
        }
    }

    private static bool IsSocket(string path)
    {
        try
        {
            File.OpenHandle(path).Dispose();
            return false;
        }
        catch (IOException)
        {
            // A socket cannot be opened as a file: the kernel answers ENXIO.
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
