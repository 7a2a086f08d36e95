using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// The two calls of POSIX that the class library lacks: a lock that dies with its process, and a directory's sync.
/// </summary>
internal static partial class Posix
{
    private const int LockExclusive = 2;
    private const int LockNoWait = 4;
    private const int OpenReadOnly = 0;
    private const int OpenReadWrite = 2;
    private const int OpenCreate = 0x40;
    private const int OpenCloseOnExec = 0x80000;
    private const int OwnerOnly = 0x180;
    private const int TryAgain = 11;
    private const int Interrupted = 4;

    /// <summary>
    /// Opens a file for locking, made with mode 0600 when absent. FileStream takes locks of its own on it.
    /// </summary>
    /// <exception cref="IOException">The file cannot be opened or made.</exception>
    public static SafeFileHandle OpenForLock(string path)
    {
        var descriptor = Open(path, OpenReadWrite | OpenCreate | OpenCloseOnExec, OwnerOnly);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"cannot open {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>
    /// Takes the lock of an open file without waiting (flock(2)); the kernel frees it when the file is closed.
    /// </summary>
    /// <returns>False when another open file holds it.</returns>
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

    /// <summary>Makes the names in a directory durable (fsync(2) of the directory).</summary>
    /// <exception cref="IOException">The directory cannot be opened or written.</exception>
    public static void SyncDirectory(string path)
    {
        var descriptor = Open(path, OpenReadOnly | OpenCloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        using var directory = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Fsync(directory) != 0)
        {
            throw new IOException($"cannot sync {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);
}
