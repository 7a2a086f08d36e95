using System.Runtime.InteropServices;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Compares files by device and inode, to find out whether two names mean the same file, as hard links do.
/// </summary>
internal static partial class FileIdentity
{
    // The layout of struct statx (statx(2)) is the same on every Linux.
    private const int CurrentDirectory = -100;
    private const uint InodeWanted = 0x100;
    private const int Size = 256;
    private const int InodeAt = 32;
    private const int DeviceAt = 136;

    /// <summary>Whether both paths exist and lead to the same file; links are followed.</summary>
    public static bool IsSame(string path, string other) => Find(path) is { } one && Find(other) is { } two && one == two;

    private static (ulong Device, ulong Inode)? Find(string path)
    {
        Span<byte> found = stackalloc byte[Size];
        return Statx(CurrentDirectory, path, 0, InodeWanted, ref MemoryMarshal.GetReference(found)) == 0
            ? (BitConverter.ToUInt64(found[DeviceAt..]), BitConverter.ToUInt64(found[InodeAt..]))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte found);
}
