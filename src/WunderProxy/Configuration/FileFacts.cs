using System.Runtime.InteropServices;

namespace WunderProxy.Configuration;

/// <summary>Owner, mode and type of a file (statx(2)).</summary>
/// <param name="UserId">Id of the user who owns the file.</param>
/// <param name="GroupId">Id of the group that owns the file.</param>
/// <param name="Mode">The permission bits of the file.</param>
/// <param name="IsRegular">Whether the file is a regular file.</param>
/// <param name="IsLink">Whether the file is a symbolic link.</param>
internal readonly partial record struct FileFacts(uint UserId, uint GroupId, int Mode, bool IsRegular, bool IsLink)
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicFacts = 0x7ff;
    private const int KindMask = 0xf000;
    private const int RegularKind = 0x8000;
    private const int LinkKind = 0xa000;
    private const int PermissionMask = 0xfff;

    // Offsets in struct statx, which has 256 bytes and the same layout on every architecture.
    private const int StructBytes = 256;
    private const int UserAt = 20;
    private const int GroupAt = 24;
    private const int ModeAt = 28;

    /// <summary>Reads owner, mode and type of a file.</summary>
    /// <returns>
    /// The facts, or null if the file is missing or cannot be examined, or the system lacks this call.
    /// </returns>
    public static unsafe FileFacts? Of(string path, bool followLink)
    {
        var facts = stackalloc byte[StructBytes];
        if (!OperatingSystem.IsLinux()
            || Stat(CurrentDirectory, path, followLink ? 0 : NoFollow, BasicFacts, facts) != 0)
        {
            return null;
        }

        var mode = *(ushort*)(facts + ModeAt);
        return new FileFacts(
            *(uint*)(facts + UserAt),
            *(uint*)(facts + GroupAt),
            mode & PermissionMask,
            (mode & KindMask) == RegularKind,
            (mode & KindMask) == LinkKind);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Stat(int directory, string path, int flags, uint mask, byte* facts);
}
