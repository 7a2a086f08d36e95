using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>struct iovec of sendmsg(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Start;
    public nuint Length;
}
