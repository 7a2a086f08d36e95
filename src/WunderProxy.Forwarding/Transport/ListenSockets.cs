using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Transport;

/// <summary>Opens listening sockets.</summary>
internal static class ListenSockets
{
    // The kernel lowers it to net.core.somaxconn; 4096 is that setting's default since Linux 5.4.
    private const int Backlog = 4096;

    /// <summary>Binds and listens.</summary>
    /// <param name="endPoint">
    /// An IP address, where <c>[::]</c> takes IPv6 only, as nginx and HAProxy do, or a unix-socket path.
    /// A left-over socket file is removed when nobody answers at it.
    /// </param>
    /// <param name="unixMode">Mode of a unix socket's file; null leaves it to the umask.</param>
    /// <exception cref="ListenException">The address is in use, not permitted or not of this machine.</exception>
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
            socket?.Dispose();
            throw new ListenException(endPoint, exception);
        }
    }

    private static void BindTcp(Socket socket, EndPoint endPoint)
    {
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = false;
        }

        if (OperatingSystem.IsLinux())
        {
            // Inherited by every connection that is accepted.
            socket.SetRawSocketOption(
                (int)SocketOptionLevel.Tcp, UnsentLimit.Option, BitConverter.GetBytes(UnsentLimit.Bytes));
        }

        socket.Bind(endPoint);
    }

    private static void BindUnix(Socket socket, UnixDomainSocketEndPoint endPoint, UnixFileMode? mode)
    {
        var path = endPoint.ToString();
        if (File.Exists(path))
        {
            RemoveLeftOver(endPoint, path);
        }

        socket.Bind(endPoint);

        // Before listen: nobody can connect while the mode is still the one of the umask.
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
            // Also what the kernel answers for a path that is no socket: that one is not ours to remove.
            if (IsSocket(path))
            {
                File.Delete(path);
            }
        }
        catch (SocketException)
        {
            // Somebody listens, or it is not ours to judge; bind reports it.
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
            // A socket cannot be opened as a file (ENXIO).
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
