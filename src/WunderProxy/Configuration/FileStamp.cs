using System.Runtime.InteropServices;

namespace WunderProxy.Configuration;

/// <summary>What changes when a file is written or replaced (statx(2)); links are followed.</summary>
/// <param name="Inode">Number of the file on its file system.</param>
/// <param name="Size">Length of the file in bytes.</param>
/// <param name="WrittenAt">Time of the last write, in nanoseconds since 1970.</param>
/// <param name="ChangedAt">Time of the last change of content or attributes, in nanoseconds since 1970.</param>
internal readonly partial record struct FileStamp(long Inode, long Size, long WrittenAt, long ChangedAt)
{
    private const int CurrentDirectory = -100;
    private const uint BasicFacts = 0x7ff;
    private const long Nanoseconds = 1_000_000_000;

    // Offsets in struct statx, which has 256 bytes and the same layout on every architecture.
    private const int StructBytes = 256;
    private const int InodeAt = 32;
    private const int SizeAt = 40;
    private const int ChangeTimeAt = 96;
    private const int WriteTimeAt = 112;

    /// <summary>Looks at a file.</summary>
    /// <returns>The stamp, or null if the file is missing or cannot be examined.</returns>
    public static unsafe FileStamp? Of(string path)
    {
        var facts = stackalloc byte[StructBytes];
        if (!OperatingSystem.IsLinux())
        {
            return new FileInfo(path) is { Exists: true } file
                ? new FileStamp(0, file.Length, file.LastWriteTimeUtc.Ticks, file.CreationTimeUtc.Ticks)
                : null;
        }

        return Stat(CurrentDirectory, path, 0, BasicFacts, facts) == 0
            ? new FileStamp(*(long*)(facts + InodeAt), *(long*)(facts + SizeAt), TimeAt(facts + WriteTimeAt), TimeAt(facts + ChangeTimeAt))
            : null;
    }

    private static unsafe long TimeAt(byte* time) => (*(long*)time * Nanoseconds) + *(uint*)(time + sizeof(long));

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Stat(int directory, string path, int flags, uint mask, byte* facts);
}
