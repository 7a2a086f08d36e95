using WunderProxy.Forwarding.Buffering;

namespace WunderProxy.Forwarding.Tests.Buffering;

/// <summary>The threads of the temporary files.</summary>
internal sealed class SpillDiskTests
{
    // Seldom in memory (tmpfs), as /tmp may be.
    private static readonly string Folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "buffers");

    [Test]
    public void Files_are_counted_until_they_are_closed()
    {
        using var disk = SpillDisk.TryOpen(Folder, maxFiles: 1, out var fault);
        Assert.That(disk, Is.Not.Null, fault);

        var file = disk!.Create();

        Assert.That(disk.HasFileLeft, Is.False);
        Assert.That(disk.Create, Throws.TypeOf<IOException>());
        file.Dispose();
        Assert.That(disk.HasFileLeft);
    }
}
