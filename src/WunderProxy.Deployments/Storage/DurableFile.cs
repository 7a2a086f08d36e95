using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Writes a file so that a reader, or the next start after a power cut, sees either the old bytes or the new ones.
/// </summary>
internal static class DurableFile
{
    /// <summary>Start of the names of files being written; no two writers choose the same name.</summary>
    public const string TemporaryStart = "write.";

    /// <summary>Writes a new file, syncs it, renames it over the old one and syncs the directory.</summary>
    /// <param name="directory">Directory of the file.</param>
    /// <param name="name">Name of the file; a file of this name is replaced, a directory is an error.</param>
    /// <param name="temporaryIn">Directory in which the new file is written first; on the same file system.</param>
    /// <param name="bytes">The whole new content.</param>
    /// <param name="prepare">
    /// Sets owner and mode of the new file, whose mode is 0600 until then; null keeps 0600.
    /// </param>
    public static void Write(
        DirectoryHandle directory,
        string name,
        DirectoryHandle temporaryIn,
        ReadOnlySpan<byte> bytes,
        Action<SafeFileHandle>? prepare = null)
    {
        const int OwnerOnly = 0x180;
        var temporary = TemporaryStart + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        using (var file = temporaryIn.CreateFile(temporary, OwnerOnly))
        {
            try
            {
                prepare?.Invoke(file);
                RandomAccess.Write(file, bytes, 0);
                Posix.Sync(file, temporaryIn.PathOf(temporary));
                directory.TakeOver(temporaryIn, temporary, name);
            }
            catch
            {
                temporaryIn.Delete(temporary);
                throw;
            }
        }

        directory.Sync();
    }

    /// <summary>
    /// Removes files left half-written by killed processes. Only the holder of the lock may call this, knowing that no
    /// other process writes.
    /// </summary>
    public static void RemoveLeftovers(DirectoryHandle directory)
    {
        foreach (var leftover in directory.FileNames(TemporaryStart).ToArray())
        {
            directory.Delete(leftover);
        }
    }
}
