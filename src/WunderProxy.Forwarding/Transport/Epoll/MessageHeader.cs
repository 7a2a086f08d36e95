using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>The struct msghdr that sendmsg(2) reads.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}
