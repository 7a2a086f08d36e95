using System.Net;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>Asks the kernel for the local address of a socket.</summary>
internal static unsafe class SocketName
{
    /// <summary>Returns the local address, or null if it is not an IP address.</summary>
    public static IPEndPoint? Of(int descriptor)
    {
        var bytes = stackalloc byte[PeerAddress.MaxBytes];
        var length = PeerAddress.MaxBytes;
        return LinuxCalls.GetSocketName(descriptor, bytes, &length) == 0
            ? new PeerAddress(new ReadOnlySpan<byte>(bytes, length)).ToEndPoint()
            : null;
    }
}
