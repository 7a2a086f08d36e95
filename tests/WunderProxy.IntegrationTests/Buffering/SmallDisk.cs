using WunderProxy.IntegrationTests.Faults;

namespace WunderProxy.IntegrationTests.Buffering;

/// <summary>
/// A file system of 8 MiB that gets full as a disk does. It is an overlay (Linux 6.1 or later) whose bytes lie in a tmpfs of
/// that size: a tmpfs alone is refused as a buffer directory, because files there save no memory, and a disk in a file needs a
/// loop device, which few containers have.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Room => Folder + ".room";

    /// <summary>Mounts the file system on a new folder.</summary>
    public static async Task<SmallDisk> MountAsync(string folder)
    {
        var disk = new SmallDisk(folder);
        Directory.CreateDirectory(disk.Folder);
        Directory.CreateDirectory(disk.Room);
        await HostCommand.RunAsync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.Room]);
        try
        {
            foreach (var layer in new[] { "lower", "upper", "work" })
            {
                Directory.CreateDirectory(Path.Combine(disk.Room, layer));
            }

            var layers = $"lowerdir={disk.Room}/lower,upperdir={disk.Room}/upper,workdir={disk.Room}/work";
            await HostCommand.RunAsync("mount", ["-t", "overlay", "-o", layers, "overlay", disk.Folder]);
        }
        catch
        {
            await disk.RemoveRoomAsync();
            throw;
        }

        return disk;
    }

    public async ValueTask DisposeAsync()
    {
        await HostCommand.RunAsync("umount", ["-l", Folder]);
        await RemoveRoomAsync();
    }

    private async Task RemoveRoomAsync()
    {
        await HostCommand.RunAsync("umount", ["-l", Room]);
        Directory.Delete(Room);
        Directory.Delete(Folder);
    }
}
