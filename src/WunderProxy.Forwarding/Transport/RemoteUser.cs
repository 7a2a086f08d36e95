using System.Net;
using WunderProxy.Forwarding.Transport.Epoll;

namespace WunderProxy.Forwarding.Transport;

/// <summary>Finds out to which user of this machine the remote end of a connection belongs.</summary>
internal static unsafe class RemoteUser
{
    private const int PeerCredentials = 17; // SO_PEERCRED
    private const int TcpInfo = 11;
    private const byte Established = 1;
    private const byte FinWait1 = 4;
    private const byte FinWait2 = 5;
    private const byte CloseWait = 8;

    /// <summary>Asks the kernel about the remote end of a connection that this process accepted.</summary>
    /// <param name="descriptor">Our own end of the connection.</param>
    /// <param name="remote">The remote end's address; null or no IP address on a unix socket.</param>
    /// <param name="local">Our own address on the connection.</param>
    /// <returns>
    /// The user id; null when the remote end is not on this machine's loopback interface, has closed its socket, or the
    /// kernel does not tell.
    /// </returns>
    public static uint? Of(int descriptor, EndPoint? remote, EndPoint? local)
    {
        if (!OperatingSystem.IsLinux() || descriptor < 0)
        {
            return null;
        }

        return remote is not IPEndPoint caller ? OfUnixSocket(descriptor)
            : local is IPEndPoint own && IPAddress.IsLoopback(caller.Address) ? OfLoopback(descriptor, caller, own)
            : null;
    }

    private static uint? OfUnixSocket(int descriptor)
    {
        var credentials = stackalloc uint[3]; // struct ucred: pid, uid, gid
        var length = 3u * sizeof(uint);
        return LinuxCalls.GetSocketOption(descriptor, LinuxCalls.SolSocket, PeerCredentials, credentials, &length) == 0
            && length == 3 * sizeof(uint)
            ? credentials[1]
            : null;
    }

    private static uint? OfLoopback(int descriptor, IPEndPoint caller, IPEndPoint own)
    {
        // A socket that its process has closed is listed as one of user 0 with inode 0: that is nobody, not root. Only
        // the states of a socket that was connected once count: one that still connects is another socket.
        if (SocketTable.Find(caller, own) is not { Inode: not 0 } entry
            || entry.State is not (Established or FinWait1 or FinWait2))
        {
            return null;
        }

        // The caller may have reset the connection, and another user's socket may have taken its port since. While our
        // own end is still connected, though, the kernel gives these four numbers to no other connection. So our end
        // is looked at last.
        return IsConnected(descriptor) ? entry.UserId : null;
    }

    private static bool IsConnected(int descriptor)
    {
        byte state = 0; // first field of struct tcp_info
        var length = 1u;
        return LinuxCalls.GetSocketOption(descriptor, LinuxCalls.IpProtoTcp, TcpInfo, &state, &length) == 0
            && state is Established or CloseWait;
    }
}
