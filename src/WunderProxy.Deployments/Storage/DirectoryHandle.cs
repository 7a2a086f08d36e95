using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// An open directory. Names are looked up in the directory without following links, and only regular files are opened,
/// so that no planted file is read, written or waited for. If the directory is renamed, the handle still means the same
/// one.
/// </summary>
internal sealed class DirectoryHandle : IDisposable
{
    private const int AllPermissions = 0x1ff;
    private const int OwnerFile = 0x180;

    private readonly SafeFileHandle _handle;

    private DirectoryHandle(SafeFileHandle handle, string fullPath) => (_handle, FullPath) = (handle, fullPath);

    /// <summary>The path by which the directory was opened, for error messages.</summary>
    public string FullPath { get; }

    /// <summary>Opens a directory; links in its path, including the last name, are followed.</summary>
    /// <exception cref="IOException">The directory does not exist or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not enter the directory.</exception>
    public static DirectoryHandle Open(string path)
    {
        var handle = Posix.TryOpen(path, Posix.OpenPathOnly | Posix.OpenDirectory, out var error);
        return handle is not null ? new DirectoryHandle(handle, path) : throw Posix.Failure(error, "open the directory", path);
    }

    /// <summary>Opens a subdirectory of this directory.</summary>
    /// <returns>The subdirectory, or null if there is no such name.</returns>
    /// <exception cref="NotRegularFileException">The name is a link, or not a directory.</exception>
    public DirectoryHandle? TryOpenDirectory(string name)
    {
        var flags = Posix.OpenPathOnly | Posix.OpenDirectory | Posix.OpenNoFollow;
        var handle = Posix.TryOpenAt(_handle, name, flags, 0, out var error);
        return handle is not null ? new DirectoryHandle(handle, PathOf(name))
            : error == Posix.NoEntry ? null
            : error == Posix.NotDirectory && TryGetStatus(name) is { } status
                ? throw new NotRegularFileException($"{PathOf(name)} is {status.KindName}, not a directory")
            : throw Posix.Failure(error, "open the directory", PathOf(name));
    }

    /// <summary>Opens a subdirectory of this directory and creates it if missing.</summary>
    /// <param name="name">Name of the subdirectory.</param>
    /// <param name="mode">Permission bits of a new directory, whatever the process's umask is.</param>
    /// <param name="groupBits">
    /// Permission bits that are meant for the group of this directory, and are set if a new subdirectory can be given
    /// to that group.
    /// </param>
    /// <exception cref="NotRegularFileException">The name is a link, or not a directory.</exception>
    public DirectoryHandle OpenOrMakeDirectory(string name, int mode, int groupBits = 0)
    {
        if (TryOpenDirectory(name) is { } existing)
        {
            return existing;
        }

        var error = Posix.TryMakeDirectoryAt(_handle, name, mode);
        if (error is not 0 and not Posix.Exists)
        {
            throw Posix.Failure(error, "make the directory", PathOf(name));
        }

        var made = TryOpenDirectory(name) ?? throw Posix.Failure(Posix.NoEntry, "open the directory", PathOf(name));
        if (error == 0)
        {
            var isShared = groupBits != 0 && IsOfGroup(made, Status.Group);

            // The set-group-id bit inherited from this directory is kept.
            Posix.TryChangeOwnMode(made._handle, mode | (isShared ? groupBits : 0) | (made.Status.Mode & ~AllPermissions));
            Sync();
        }

        return made;
    }

    /// <summary>Type, mode and owner of this directory.</summary>
    public FileStatus Status => Posix.StatusOf(_handle, FullPath);

    /// <summary>
    /// Returns type, mode, owner and size of a name; a link is described, not followed. Null if there is no such name.
    /// </summary>
    public FileStatus? TryGetStatus(string name) => Posix.TryStatusAt(_handle, name, PathOf(name));

    /// <summary>Opens a regular file for reading; never waits, whatever the name stands for.</summary>
    /// <returns>The file, or null if there is no such name.</returns>
    /// <exception cref="NotRegularFileException">The name is a link, a FIFO, a directory or the like.</exception>
    public SafeFileHandle? TryOpenFile(string name) => OpenRegular(name, Posix.OpenReadOnly, 0);

    /// <summary>Opens a regular file for locking and creates it if missing.</summary>
    /// <param name="name">Name of the file.</param>
    /// <param name="prepare">Sets owner and mode of a new file, whose mode is 0600 until then; null keeps 0600.</param>
    /// <exception cref="NotRegularFileException">The name is a link, a FIFO, a directory or the like.</exception>
    public SafeFileHandle OpenForLock(string name, Action<SafeFileHandle>? prepare)
    {
        const int Tries = 3;
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            if (OpenRegular(name, Posix.OpenReadWrite, 0) is { } existing)
            {
                return existing;
            }

            var flags = Posix.OpenReadWrite | Posix.OpenCreate | Posix.OpenExclusive | Posix.OpenNoFollow;
            var made = Posix.TryOpenAt(_handle, name, flags, OwnerFile, out var error);
            if (made is not null)
            {
                prepare?.Invoke(made);
                return made;
            }

            if (error != Posix.Exists)
            {
                throw Posix.Failure(error, "make", PathOf(name));
            }
        }

        throw new IOException($"{PathOf(name)} comes and goes");
    }

    /// <summary>Creates a new file; fails if the name exists, even as a link.</summary>
    public SafeFileHandle CreateFile(string name, int mode)
    {
        var flags = Posix.OpenWriteOnly | Posix.OpenCreate | Posix.OpenExclusive | Posix.OpenNoFollow;
        return Posix.TryOpenAt(_handle, name, flags, mode, out var error)
            ?? throw Posix.Failure(error, "make", PathOf(name));
    }

    /// <summary>Reads a whole regular file of this directory.</summary>
    /// <returns>The content, or null if there is no such name.</returns>
    /// <exception cref="FileTooLargeException">The file has more than <paramref name="limitBytes"/>.</exception>
    /// <exception cref="NotRegularFileException">The name is a link, a FIFO, a directory or the like.</exception>
    public byte[]? Read(string name, int limitBytes)
    {
        using var file = TryOpenFile(name);
        return file is null ? null : BoundedFile.Read(file, PathOf(name), limitBytes);
    }

    /// <summary>
    /// Moves a file from another directory of the same file system to a name in this one, replacing a file of that
    /// name.
    /// </summary>
    /// <exception cref="NotRegularFileException">The name is a directory.</exception>
    public void TakeOver(DirectoryHandle from, string oldName, string name)
    {
        var error = Posix.TryRenameAt(from._handle, oldName, _handle, name);
        if (error == Posix.IsDirectory)
        {
            throw new NotRegularFileException($"{PathOf(name)} is a directory, not a regular file");
        }

        if (error != 0)
        {
            throw Posix.Failure(error, "write", PathOf(name));
        }
    }

    /// <summary>Removes a name that is not a directory; a missing name is not an error.</summary>
    public void Delete(string name)
    {
        var error = Posix.TryUnlinkAt(_handle, name);
        if (error is not 0 and not Posix.NoEntry)
        {
            throw Posix.Failure(error, "remove", PathOf(name));
        }
    }

    /// <summary>Sets the permission bits of this directory.</summary>
    public void ChangeMode(int mode)
    {
        if (Posix.TryChangeOwnMode(_handle, mode) is not 0 and var error)
        {
            throw Posix.Failure(error, "change the mode of", FullPath);
        }
    }

    /// <summary>Makes the names in this directory durable (fsync).</summary>
    public void Sync()
    {
        using var self = OpenSelf();
        Posix.Sync(self, FullPath);
    }

    /// <summary>
    /// Lists the names of regular files that begin with <paramref name="start"/>, in no order; subdirectories are not
    /// searched.
    /// </summary>
    public IEnumerable<string> FileNames(string start)
    {
        using var self = OpenSelf();
        var names = new FileSystemEnumerable<string>(
            $"/proc/self/fd/{self.DangerousGetHandle()}", (ref FileSystemEntry entry) => entry.FileName.ToString())
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.FileName.StartsWith(start, StringComparison.Ordinal)
                && !entry.IsDirectory && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        foreach (var name in names)
        {
            yield return name;
        }
    }

    /// <summary>Returns the path of a name in this directory, for error messages.</summary>
    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <summary>Closes the handle of the directory.</summary>
    public void Dispose() => _handle.Dispose();

    private static bool IsOfGroup(DirectoryHandle made, uint group) =>
        made.Status.Group == group || Posix.TryChangeOwnGroup(made._handle, group) == 0;

    private SafeFileHandle OpenSelf() =>
        Posix.TryOpenAt(_handle, ".", Posix.OpenReadOnly | Posix.OpenDirectory, 0, out var error)
        ?? throw Posix.Failure(error, "read the directory", FullPath);

    private SafeFileHandle? OpenRegular(string name, int flags, int mode)
    {
        // A device is not even opened, because opening may make it act.
        if (TryGetStatus(name) is { IsRegular: false } other)
        {
            throw new NotRegularFileException($"{PathOf(name)} is {other.KindName}, not a regular file");
        }

        // Opened without waiting: the open of a FIFO that was put there meanwhile would block for ever.
        var file = Posix.TryOpenAt(_handle, name, flags | Posix.OpenNoFollow | Posix.OpenNoWait, mode, out var error);
        if (file is null)
        {
            return error == Posix.NoEntry ? null : throw Posix.Failure(error, "open", PathOf(name));
        }

        try
        {
            var status = Posix.StatusOf(file, PathOf(name));
            return status.IsRegular
                ? file
                : throw new NotRegularFileException($"{PathOf(name)} is {status.KindName}, not a regular file");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
