namespace WunderProxy.IntegrationTests.Faults;

/// <summary>Leaves no room on a file system.</summary>
internal static class DiskFiller
{
    /// <summary>Writes a file until no byte more fits.</summary>
    /// <param name="folder">A folder of the file system, which is small.</param>
    /// <returns>Path of the file, whose deletion makes room again.</returns>
    public static string Fill(string folder)
    {
        var path = Path.Combine(folder, "filler");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.WriteByte(0);
            }
        }
        catch (IOException)
        {
            return path;
        }
    }
}
