using WunderProxy.Forwarding.Buffering;

namespace WunderProxy.Forwarding.Tests.Buffering;

/// <summary>The threads of the temporary files.</summary>
internal sealed class SpillDiskTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // Seldom in memory (tmpfs), as /tmp may be.
    private static readonly string Folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "buffers");

    [Test]
    public void Work_that_hangs_holds_up_nothing_that_is_queued_after_it()
    {
        for (var round = 0; round < 50; round++)
        {
            using var disk = SpillDisk.TryOpen(Folder, maxFiles: 1, out var fault);
            Assert.That(disk, Is.Not.Null, fault);
            using var first = new ManualResetEventSlim();
            disk!.Queue(_ => first.Set(), disk);
            first.Wait();

            // In some of the rounds the only thread is idle by now, and both works are queued before it runs.
            using var later = new ManualResetEventSlim();
            using var done = new CountdownEvent(2);
            var isHeldUp = false;
            disk.Queue(
                _ =>
                {
                    isHeldUp = !later.Wait(Limit);
                    done.Signal();
                },
                disk);
            disk.Queue(
                _ =>
                {
                    later.Set();
                    done.Signal();
                },
                disk);

            done.Wait();
            Assert.That(isHeldUp, Is.False);
        }
    }

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
