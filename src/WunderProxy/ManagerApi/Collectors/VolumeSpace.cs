namespace WunderProxy.ManagerApi.Collectors;

/// <summary>The free space of the volume that holds a folder of this process.</summary>
/// <param name="Name">What the folder is for: <c>state</c>, <c>buffers</c> or <c>store</c>.</param>
/// <param name="FreeBytes">Bytes that the user of the process may still write there.</param>
internal sealed record VolumeSpace(string Name, long FreeBytes)
{
    /// <summary>Reads the free space of each folder's volume; a folder that cannot be looked at is left out.</summary>
    /// <param name="folders">Paths by what they are for.</param>
    public static IReadOnlyList<VolumeSpace> Read(IReadOnlyDictionary<string, string> folders) =>
        [.. folders.Select(folder => TryRead(folder.Key, folder.Value)).OfType<VolumeSpace>()];

    private static VolumeSpace? TryRead(string name, string path)
    {
        try
        {
            // The folder of the buffers is made with the first file; the volume is that of the folder above it.
            for (var folder = path; folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if (Directory.Exists(folder))
                {
                    return new VolumeSpace(name, new DriveInfo(folder).AvailableFreeSpace);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A volume that does not answer is no reason to answer nothing else.
        }

        return null;
    }
}
