using System.Net;
using WunderProxy.Forwarding.Transport.Epoll;

namespace WunderProxy.Forwarding.Transport;

/// <summary>Finds which user of this machine owns the remote end of a connection.</summary>
internal static unsafe class RemoteUser
{
    private const int CredentialsOption = 17; // SO_PEERCRED
    private const int TcpInfo = 11;
    private const byte Established = 1;
    private const byte FinWait1 = 4;
    private const byte FinWait2 = 5;
    private const byte CloseWait = 8;

    /// <summary>Asks the kernel who owns the remote end of a connection that this process accepted.</summary>
    /// <param name="descriptor">Descriptor of this process's end of the connection.</param>
    /// <param name="remote">Address of the remote end; on a unix socket null or not an IP address.</param>
    /// <param name="local">Address of this process's end.</param>
    /// <returns>
    /// The user id, or null if the remote end is not on this machine's loopback interface, has closed its socket, or
    /// the kernel does not tell.
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
        return LinuxCalls.GetSocketOption(descriptor, LinuxCalls.SolSocket, CredentialsOption, credentials, &length) == 0
            && length == 3 * sizeof(uint)
            ? credentials[1]
            : null;
    }

    private static uint? OfLoopback(int descriptor, IPEndPoint caller, IPEndPoint own)
    {
        // The kernel lists a socket that its process has closed with user 0 and inode 0; that does not mean root. Only
        // states of a socket that was once connected count: one still connecting is a different socket.
        if (SocketTable.Find(caller, own) is not { Inode: not 0 } entry
            || entry.State is not (Established or FinWait1 or FinWait2))
        {
            return null;
        }

        // The caller may have reset the connection since, and a socket of another user may have taken its port. As long
        // as our own end is connected, however, the kernel gives these four numbers to no other connection, so our own
        // end is checked last.
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
