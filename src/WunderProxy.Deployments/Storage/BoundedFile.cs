using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Reads regular files up to a bound, so that a FIFO is never waited for and a large file never fills the memory.
/// </summary>
internal static class BoundedFile
{
    private static readonly string[] OpenedAlready = ["/dev/stdin", "/dev/fd/", "/proc/self/fd/"];

    /// <summary>Reads a whole regular file by its path; links are not followed.</summary>
    /// <returns>The content, or null if there is no such file.</returns>
    /// <exception cref="NotRegularFileException">The path names a link, a FIFO, a directory or the like.</exception>
    /// <exception cref="FileTooLargeException">The file has more than <paramref name="limitBytes"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read the file.</exception>
    public static byte[]? Read(string path, int limitBytes)
    {
        var full = Path.GetFullPath(path);
        try
        {
            using var directory = DirectoryHandle.Open(Path.GetDirectoryName(full) ?? "/");
            return directory.Read(Path.GetFileName(full), limitBytes);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Reads a whole regular file by its path and follows links; for files that an operator names or links.
    /// </summary>
    /// <returns>The content, or null if there is no such file.</returns>
    /// <exception cref="NotRegularFileException">The path leads to a FIFO, a directory or the like.</exception>
    /// <exception cref="FileTooLargeException">The file has more than <paramref name="limitBytes"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read the file.</exception>
    public static byte[]? ReadLinked(string path, int limitBytes)
    {
        using var file = Posix.TryOpen(path, Posix.OpenReadOnly | Posix.OpenNoWait, out var error);
        if (file is null)
        {
            return error is Posix.NoEntry or Posix.NotDirectory ? null : throw Posix.Failure(error, "open", path);
        }

        return Posix.StatusOf(file, path) is var status && status.IsRegular
            ? Read(file, path, limitBytes)
            : throw new NotRegularFileException($"{path} is {status.KindName}, not a regular file");
    }

    /// <summary>
    /// Reads a file or an open pipe that an operator names, up to a bound. A pipe is read only if this process has it
    /// open already, as standard input or by a shell's <c>&lt;(command)</c>; any other pipe could keep its reader
    /// waiting for ever.
    /// </summary>
    /// <exception cref="NotRegularFileException">The path names a FIFO that is not open in this process.</exception>
    /// <exception cref="FileTooLargeException">The source has more than <paramref name="limitBytes"/>.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read the source.</exception>
    public static byte[] ReadAny(string path, int limitBytes)
    {
        if (!OpenedAlready.Any(name => path.StartsWith(name, StringComparison.Ordinal)))
        {
            using var found = Posix.TryOpen(path, Posix.OpenPathOnly, out _);
            if (found is not null && Posix.StatusOf(found, path) is { IsFifo: true })
            {
                throw new NotRegularFileException(
                    $"{path} is a FIFO, which could keep its reader waiting for ever: give a file, or /dev/stdin");
            }
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return ReadAll(stream, path, limitBytes);
    }

    /// <summary>Reads a stream to its end, up to a bound.</summary>
    /// <param name="stream">The stream to read.</param>
    /// <param name="name">The name of the source, for error messages.</param>
    /// <param name="limitBytes">Most bytes to accept.</param>
    /// <exception cref="FileTooLargeException">The stream has more than <paramref name="limitBytes"/>.</exception>
    public static byte[] ReadAll(Stream stream, string name, int limitBytes)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (stream.Read(buffer) is > 0 and var count)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > limitBytes)
            {
                throw TooLarge(name, limitBytes);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a whole open file from its start.</summary>
    /// <exception cref="FileTooLargeException">The file has more than <paramref name="limitBytes"/>.</exception>
    public static byte[] Read(SafeFileHandle file, string path, int limitBytes)
    {
        var length = RandomAccess.GetLength(file);
        if (length > limitBytes)
        {
            throw TooLarge(path, limitBytes);
        }

        // One byte more than the reported length, so that a file that grows meanwhile is noticed.
        var bytes = new byte[length + 1];
        var count = 0;
        while (count < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(count), count) is > 0 and var read)
        {
            count += read;
        }

        return count <= length ? bytes[..count] : throw new IOException($"{path} is being changed while it is read");
    }

    private static FileTooLargeException TooLarge(string path, int limitBytes) =>
        new($"{path} has more than {DocumentLimits.Text(limitBytes)}");
}
