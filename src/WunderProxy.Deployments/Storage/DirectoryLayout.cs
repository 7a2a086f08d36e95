using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Maps keys of a directory store to files and decides their modes. New directories get 0700 and new files 0600, with
/// the group bits of the directory in which they are created, so that a store shared by a group stays shared. A
/// replaced file keeps its mode and owner.
/// </summary>
internal static class DirectoryLayout
{
    /// <summary>Name of the directory that holds the lock and files being written; no key leads into it.</summary>
    public const string OwnDirectory = ".wunderproxy";

    /// <summary>Name of the lock file in <see cref="OwnDirectory"/>.</summary>
    public const string LockName = "lock";

    private const int OwnerDirectory = 0x1c0;
    private const int OwnerFile = 0x180;
    private const int GroupAll = 0x38;
    private const int GroupReadWrite = 0x30;
    private const uint Same = uint.MaxValue;

    /// <summary>
    /// Whether a text can be a key; a text that would leave the directory, or that names the store's own files, cannot.
    /// </summary>
    public static bool IsKey(string key) =>
        key.Length > 0 && !key.Contains('\0') && key.Split('/').All(part => part is not ("" or "." or ".." or OwnDirectory));

    /// <summary>Opens the directory that contains the file of a key.</summary>
    /// <returns>The directory, or null if it does not exist.</returns>
    public static DirectoryHandle? TryOpenParent(string root, string key) => TryOpen(root, key.Split('/')[..^1]);

    /// <summary>Opens the directory with this path below the root.</summary>
    /// <returns>The directory, or null if it does not exist.</returns>
    public static DirectoryHandle? TryOpen(string root, IEnumerable<string> parts)
    {
        var directory = DirectoryHandle.Open(root);
        foreach (var part in parts)
        {
            using var parent = directory;
            if (parent.TryOpenDirectory(part) is not { } child)
            {
                return null;
            }

            directory = child;
        }

        return directory;
    }

    /// <summary>Opens the directory with this path below the root and creates the missing parts.</summary>
    public static DirectoryHandle OpenOrMake(string root, IEnumerable<string> parts)
    {
        var directory = DirectoryHandle.Open(root);
        foreach (var part in parts)
        {
            using var parent = directory;
            directory = parent.OpenOrMakeDirectory(part, OwnerDirectory, parent.Status.Mode & GroupAll);
        }

        return directory;
    }

    /// <summary>Takes the store's lock, whose file is accessible to everybody who shares the store.</summary>
    /// <returns>The lock, or null if another holder has it.</returns>
    public static FileLock? TryLock(DirectoryHandle own) =>
        FileLock.TryTake(own, LockName, file => Fit(file, NewFileIn(own), own.PathOf(LockName)));

    /// <summary>Writes a file durably; the class summary says which mode and owner the file gets.</summary>
    public static void Write(DirectoryHandle directory, string name, DirectoryHandle own, ReadOnlySpan<byte> bytes)
    {
        var status = directory.TryGetStatus(name) is { IsRegular: true } replaced
            ? replaced
            : NewFileIn(directory);
        DurableFile.Write(directory, name, own, bytes, file => Fit(file, status, directory.PathOf(name)));
    }

    private static FileStatus NewFileIn(DirectoryHandle directory)
    {
        var status = directory.Status;
        return status with { User = Same, Mode = OwnerFile | (status.Mode & GroupReadWrite) };
    }

    private static void Fit(SafeFileHandle file, FileStatus wanted, string path)
    {
        const int Permissions = 0x1ff;
        var made = Posix.StatusOf(file, path);
        var mode = wanted.Mode & Permissions;
        if (made.Group != wanted.Group && Posix.TryChangeOwner(file, Same, wanted.Group) != 0)
        {
            // The group bits were meant for another group than the one the file has now.
            mode &= ~GroupAll;
        }

        if (wanted.User != Same && made.User != wanted.User)
        {
            // Only root can give a file away; for other users the file becomes theirs, as with any editor.
            Posix.TryChangeOwner(file, wanted.User, Same);
        }

        if (Posix.TryChangeMode(file, mode) is not 0 and var error)
        {
            throw Posix.Failure(error, "change the mode of", path);
        }
    }
}
