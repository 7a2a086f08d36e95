using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>The struct iovec that sendmsg(2) reads.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Start;
    public nuint Length;
}
