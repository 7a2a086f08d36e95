using WunderProxy.IntegrationTests.Faults;

namespace WunderProxy.IntegrationTests.Buffering;

/// <summary>
/// A file system of a few MiB on a loop device. Not a tmpfs, on which no temporary file is made because it saves no memory.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const long Bytes = 8L << 20;

    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Image => Folder + ".img";

    public static async Task<SmallDisk> MountAsync(string folder)
    {
        var disk = new SmallDisk(folder);
        Directory.CreateDirectory(folder);
        await using (var file = File.Create(disk.Image))
        {
            file.SetLength(Bytes);
        }

        await HostCommand.RunAsync("mkfs.ext4", ["-q", "-F", "-O", "^has_journal", disk.Image]);
        await HostCommand.RunAsync("mount", ["-o", "loop", disk.Image, folder]);
        return disk;
    }

    public async ValueTask DisposeAsync()
    {
        await HostCommand.RunAsync("umount", ["-l", Folder]);
        File.Delete(Image);
        Directory.Delete(Folder);
    }
}
