using System.Runtime.InteropServices;

namespace WunderProxy.Configuration;

/// <summary>Owner, mode and kind of a file (statx(2)).</summary>
/// <param name="UserId">The user that owns it.</param>
/// <param name="GroupId">The group that owns it.</param>
/// <param name="Mode">The permission bits.</param>
/// <param name="IsRegular">Whether it is an ordinary file.</param>
/// <param name="IsLink">Whether it is a symbolic link.</param>
internal readonly partial record struct FileFacts(uint UserId, uint GroupId, int Mode, bool IsRegular, bool IsLink)
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicFacts = 0x7ff;
    private const int KindMask = 0xf000;
    private const int RegularKind = 0x8000;
    private const int LinkKind = 0xa000;
    private const int PermissionMask = 0xfff;

    // Offsets in struct statx, the same on every architecture; the whole has 256 bytes.
    private const int StructBytes = 256;
    private const int UserAt = 20;
    private const int GroupAt = 24;
    private const int ModeAt = 28;

    /// <summary>Looks at a file.</summary>
    /// <returns>Null when there is none, it cannot be looked at, or the system has no such call.</returns>
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
