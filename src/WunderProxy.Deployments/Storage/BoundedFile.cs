using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Deployments.Storage;

/// <summary>Reads regular files up to a bound: never waits for a FIFO, never holds more than the bound in memory.</summary>
internal static class BoundedFile
{
    /// <summary>Reads a whole regular file by its path.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="NotRegularFileException">A link, a FIFO, a directory or the like lies there.</exception>
    /// <exception cref="FileTooLargeException">The file has more than <paramref name="limitBytes"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
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

    /// <summary>Reads a whole open file.</summary>
    /// <exception cref="FileTooLargeException">The file has more than <paramref name="limitBytes"/>.</exception>
    public static byte[] Read(SafeFileHandle file, string path, int limitBytes)
    {
        var length = RandomAccess.GetLength(file);
        if (length > limitBytes)
        {
            throw TooLarge(path, limitBytes);
        }

        // One byte more than it says, so that a file that grows meanwhile is noticed.
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
