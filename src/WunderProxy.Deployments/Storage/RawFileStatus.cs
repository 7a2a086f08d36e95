using System.Runtime.InteropServices;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// The kernel's <c>struct statx</c>, whose layout is the same on all architectures; only the fields in use.
/// </summary>
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
