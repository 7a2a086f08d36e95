using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Forwarding.Buffering;

/// <summary>The system calls about temporary files that the runtime does not offer (open(2), statfs(2)).</summary>
internal static unsafe partial class SpillCalls
{
    private const int OpenReadWrite = 0x2;
    private const int OpenCloseOnExec = 0x80000;
    private const int OpenDirectory = 0x10000;
    private const int OpenDirectoryArm64 = 0x4000;
    private const int OpenTemporary = 0x400000;
    private const int OwnerReadWrite = 0x180;

    // Linux: the type of the file system is the first member of struct statfs, which has 120 bytes.
    private const int FileSystemInfoBytes = 256;
    private const long TmpfsMagic = 0x01021994;
    private const long RamfsMagic = 0x858458f6;

    /// <summary>Creates a file without a name (O_TMPFILE), which ends with its descriptor.</summary>
    /// <exception cref="IOException">The kernel refused; the message says why.</exception>
    public static SafeFileHandle CreateTemporary(string directory)
    {
        var isArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
        var flags = OpenTemporary | (isArm ? OpenDirectoryArm64 : OpenDirectory) | OpenReadWrite | OpenCloseOnExec;
        var descriptor = Open(directory, flags, OwnerReadWrite);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
    }

    /// <summary>Whether the directory lies in memory (tmpfs), so that a file there would save none.</summary>
    public static bool IsInMemory(string directory)
    {
        var info = stackalloc byte[FileSystemInfoBytes];
        return FileSystemInfo(directory, info) == 0 && (long)*(nint*)info is TmpfsMagic or RamfsMagic;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileSystemInfo(string path, byte* info);
}
