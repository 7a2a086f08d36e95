using System.Net;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>Asks the kernel for the local address of a socket.</summary>
internal static unsafe class SocketName
{
    /// <summary>Returns the local address, or null if it is not an IP address.</summary>
    public static IPEndPoint? Of(int descriptor)
    {
        var bytes = stackalloc byte[RemoteAddress.MaxBytes];
        var length = RemoteAddress.MaxBytes;
        return LinuxCalls.GetSocketName(descriptor, bytes, &length) == 0
            ? new RemoteAddress(new ReadOnlySpan<byte>(bytes, length)).ToEndPoint()
            : null;
    }
}
