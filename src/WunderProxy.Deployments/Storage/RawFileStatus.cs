using System.Runtime.InteropServices;

namespace WunderProxy.Deployments.Storage;

/// <summary><c>struct statx</c> of the kernel, whose layout is the same on all machines; only the fields that are read.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct RawFileStatus
{
    [FieldOffset(20)]
    public uint User;

    [FieldOffset(24)]
    public uint Group;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(40)]
    public ulong SizeBytes;
}
