using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// POSIX calls that the class library lacks: names relative to an open directory, links not followed, locks that end
/// with their process, syncing a directory.
/// </summary>
internal static partial class Posix
{
    public const int NoEntry = 2;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int TooManyLinks = 40;

    public const int OpenReadOnly = 0;
    public const int OpenWriteOnly = 1;
    public const int OpenReadWrite = 2;
    public const int OpenCreate = 0x40;
    public const int OpenExclusive = 0x80;
    public const int OpenNoWait = 0x800;
    public const int OpenCloseOnExec = 0x80000;
    public const int OpenPathOnly = 0x200000;

    private const int NotPermitted = 1;
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int AccessDenied = 13;
    private const int NoDevice = 6;
    private const int ReadOnlyFileSystem = 30;
    private const int LockExclusive = 2;
    private const int LockNoWait = 4;
    private const int EmptyPath = 0x1000;
    private const int NoFollow = 0x100;
    private const uint BasicStatus = 0x7ff;

    // The values of these two flags differ between architectures.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    /// <summary><c>O_DIRECTORY</c>: the open fails if the name is not a directory.</summary>
    public static int OpenDirectory { get; } = IsArm ? 0x4000 : 0x10000;

    /// <summary><c>O_NOFOLLOW</c>: the open fails if the name is a symbolic link.</summary>
    public static int OpenNoFollow { get; } = IsArm ? 0x8000 : 0x20000;

    /// <summary>Opens a name relative to an open directory (openat(2)).</summary>
    /// <returns>The file, or null with the error number in <paramref name="error"/> if it cannot be opened.</returns>
    public static SafeFileHandle? TryOpenAt(SafeHandle directory, string name, int flags, int mode, out int error)
    {
        error = 0;
        while (true)
        {
            var descriptor = OpenAt(directory, name, flags | OpenCloseOnExec, mode);
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                return null;
            }
        }
    }

    /// <summary>Opens a path, following its links (open(2)).</summary>
    /// <returns>The file, or null with the error number in <paramref name="error"/> if it cannot be opened.</returns>
    public static SafeFileHandle? TryOpen(string path, int flags, out int error)
    {
        var descriptor = Open(path, flags | OpenCloseOnExec, 0);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Reads type, mode, owner and size of an open file.</summary>
    /// <exception cref="IOException">The file system failed.</exception>
    public static FileStatus StatusOf(SafeHandle file, string path) =>
        Statx(file, "", EmptyPath, BasicStatus, out var status) == 0
            ? FileStatus.Of(status)
            : throw Failure(Marshal.GetLastPInvokeError(), "read the status of", path);

    /// <summary>Reads type, mode, owner and size of a name in a directory; a link is described, not followed.</summary>
    /// <returns>The status, or null if there is no such name.</returns>
    /// <exception cref="IOException">The file system failed.</exception>
    public static FileStatus? TryStatusAt(SafeHandle directory, string name, string path)
    {
        if (Statx(directory, name, NoFollow, BasicStatus, out var status) == 0)
        {
            return FileStatus.Of(status);
        }

        var error = Marshal.GetLastPInvokeError();
        return error == NoEntry ? null : throw Failure(error, "read the status of", path);
    }

    /// <summary>Creates a directory (mkdirat(2)).</summary>
    /// <returns>0 on success, else the error number.</returns>
    public static int TryMakeDirectoryAt(SafeHandle directory, string name, int mode) =>
        MkdirAt(directory, name, mode) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Renames a file, replacing a file with the new name (renameat(2)).</summary>
    /// <returns>0 on success, else the error number.</returns>
    public static int TryRenameAt(SafeHandle from, string oldName, SafeHandle to, string newName) =>
        RenameAt(from, oldName, to, newName) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Removes a name that is not a directory (unlinkat(2)).</summary>
    /// <returns>0 on success, else the error number.</returns>
    public static int TryUnlinkAt(SafeHandle directory, string name) =>
        UnlinkAt(directory, name, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>
    /// Changes the mode of an open directory (fchmodat(2) on the directory's own name, which an O_PATH handle allows).
    /// </summary>
    /// <returns>0 on success, else the error number.</returns>
    public static int TryChangeOwnMode(SafeHandle directory, int mode) =>
        ChmodAt(directory, ".", mode, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Changes the group of an open directory (fchownat(2) on the directory's own name).</summary>
    /// <returns>0 on success, else the error number.</returns>
    public static int TryChangeOwnGroup(SafeHandle directory, uint group) =>
        ChownAt(directory, ".", uint.MaxValue, group, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Changes the mode of an open file (fchmod(2)).</summary>
    /// <returns>0 on success, else the error number.</returns>
    public static int TryChangeMode(SafeHandle file, int mode) => Chmod(file, mode) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>
    /// Changes owner and group of an open file (fchown(2)); <see cref="uint.MaxValue"/> keeps the old value.
    /// </summary>
    /// <returns>0 on success, else the error number.</returns>
    public static int TryChangeOwner(SafeHandle file, uint user, uint group) =>
        Chown(file, user, group) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Returns the id of the user as whom this process acts.</summary>
    public static uint EffectiveUser() => GetEffectiveUser();

    /// <summary>
    /// Locks an open file without waiting (flock(2)); the kernel frees the lock when the file is closed.
    /// </summary>
    /// <returns>False if another open file holds the lock.</returns>
    /// <exception cref="IOException">The file system has no locks.</exception>
    public static bool TryLock(SafeFileHandle file)
    {
        while (Flock(file, LockExclusive | LockNoWait) != 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case TryAgain:
                    return false;
                case Interrupted:
                    continue;
                case var error:
                    throw new IOException($"flock failed: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }

        return true;
    }

    /// <summary>Makes the content of an open file, or the names in an open directory, durable (fsync(2)).</summary>
    /// <exception cref="IOException">The file system failed.</exception>
    public static void Sync(SafeFileHandle file, string path)
    {
        if (Fsync(file) != 0)
        {
            throw Failure(Marshal.GetLastPInvokeError(), "sync", path);
        }
    }

    /// <summary>Creates the exception for an error number, as the class library would.</summary>
    /// <param name="error">The error number.</param>
    /// <param name="verb">The action that failed, such as <c>open</c>.</param>
    /// <param name="path">The path on which it failed.</param>
    public static Exception Failure(int error, string verb, string path)
    {
        var message = $"cannot {verb} {path}: {Marshal.GetPInvokeErrorMessage(error)}";
        return error switch
        {
            AccessDenied or NotPermitted or ReadOnlyFileSystem => new UnauthorizedAccessException(message),
            NoEntry => new FileNotFoundException(message, path),
            TooManyLinks => new NotRegularFileException($"{path} is a symbolic link; links are not followed here"),
            NoDevice => new NotRegularFileException($"{path} is a device, pipe or socket, not a regular file"),
            _ => new IOException(message, error),
        };
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(SafeHandle directory, string name, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeHandle directory, string name, int flags, uint mask, out RawFileStatus status);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkdirAt(SafeHandle directory, string name, int mode);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(SafeHandle from, string oldName, SafeHandle to, string newName);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkAt(SafeHandle directory, string name, int flags);

    [LibraryImport("libc", EntryPoint = "fchmodat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChmodAt(SafeHandle directory, string name, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int Chmod(SafeHandle file, int mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int Chown(SafeHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChownAt(SafeHandle directory, string name, uint user, uint group, int flags);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
