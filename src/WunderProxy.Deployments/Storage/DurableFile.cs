namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Writes a file so that a reader, or the next start after a power cut, sees the old bytes or the new ones.
/// </summary>
internal static class DurableFile
{
    /// <summary>Writes beside the file, syncs, renames over it and syncs the directory.</summary>
    /// <param name="path">The file to replace.</param>
    /// <param name="temporaryPath">A name on the same file system that nobody else uses.</param>
    /// <param name="bytes">All of the new content.</param>
    /// <param name="mode">Mode of the new file; null for what the process gives.</param>
    public static void Write(string path, string temporaryPath, ReadOnlySpan<byte> bytes, UnixFileMode? mode = null)
    {
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.Read,
                BufferSize = 0,
                UnixCreateMode = mode,
            };
            using (var file = new FileStream(temporaryPath, options))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporaryPath, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporaryPath);
            throw;
        }

        Posix.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
