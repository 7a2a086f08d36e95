using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Writes a file so that a reader, or the next start after a power cut, sees the old bytes or the new ones.
/// </summary>
internal static class DurableFile
{
    /// <summary>What names of files begin with that are being written; no two writers choose the same.</summary>
    public const string TemporaryStart = "write.";

    /// <summary>Writes beside the file, syncs, renames over it and syncs the directory.</summary>
    /// <param name="directory">Where the file lies.</param>
    /// <param name="name">Its name; what has it is replaced, unless it is a directory.</param>
    /// <param name="temporaryIn">Where it is written first; on the same file system.</param>
    /// <param name="bytes">All of the new content.</param>
    /// <param name="prepare">Sets owner and mode of the new file, which is 0600 until then; null to leave it so.</param>
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

    /// <summary>Removes what killed processes left half-written; for the holder of the lock, who knows that nobody writes.</summary>
    public static void RemoveLeftovers(DirectoryHandle directory)
    {
        foreach (var leftover in directory.FileNames(TemporaryStart).ToArray())
        {
            directory.Delete(leftover);
        }
    }
}
