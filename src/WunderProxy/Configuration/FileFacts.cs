using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Configuration;

/// <summary>Owner, mode, type and size of a file (statx(2)).</summary>
/// <param name="UserId">Id of the user who owns the file.</param>
/// <param name="GroupId">Id of the group that owns the file.</param>
/// <param name="Mode">The permission bits of the file.</param>
/// <param name="IsRegular">Whether the file is a regular file.</param>
/// <param name="IsLink">Whether the file is a symbolic link.</param>
internal readonly partial record struct FileFacts(uint UserId, uint GroupId, int Mode, bool IsRegular, bool IsLink)
{
    /// <summary>Number of names that the file has; 0 once it was removed.</summary>
    public uint Names { get; private init; }

    /// <summary>Number of the file within its file system.</summary>
    public ulong Inode { get; private init; }

    /// <summary>Size of the file in bytes.</summary>
    public long Bytes { get; private init; }

    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicFacts = 0x7ff;
    private const int KindMask = 0xf000;
    private const int RegularKind = 0x8000;
    private const int LinkKind = 0xa000;
    private const int PermissionMask = 0xfff;

    // Offsets in struct statx, which has 256 bytes and the same layout on every architecture.
    private const int StructBytes = 256;
    private const int NamesAt = 16;
    private const int UserAt = 20;
    private const int GroupAt = 24;
    private const int ModeAt = 28;
    private const int InodeAt = 32;
    private const int BytesAt = 40;

    /// <summary>Reads owner, mode and type of a file.</summary>
    /// <returns>
    /// The facts, or null if the file is missing or cannot be examined, or the system lacks this call.
    /// </returns>
    public static FileFacts? Of(string path, bool followLink) => Of(CurrentDirectory, path, followLink ? 0 : NoFollow);

    /// <summary>Reads the facts of an open file.</summary>
    /// <returns>The facts, or null if the system lacks this call.</returns>
    public static FileFacts? Of(SafeFileHandle file) => Of((int)file.DangerousGetHandle(), string.Empty, EmptyPath);

    private static unsafe FileFacts? Of(int directory, string path, int flags)
    {
        var facts = stackalloc byte[StructBytes];
        if (!OperatingSystem.IsLinux() || Stat(directory, path, flags, BasicFacts, facts) != 0)
        {
            return null;
        }

        var mode = *(ushort*)(facts + ModeAt);
        return new FileFacts(
            *(uint*)(facts + UserAt),
            *(uint*)(facts + GroupAt),
            mode & PermissionMask,
            (mode & KindMask) == RegularKind,
            (mode & KindMask) == LinkKind)
        {
            Names = *(uint*)(facts + NamesAt),
            Inode = *(ulong*)(facts + InodeAt),
            Bytes = *(long*)(facts + BytesAt),
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Stat(int directory, string path, int flags, uint mask, byte* facts);
}
