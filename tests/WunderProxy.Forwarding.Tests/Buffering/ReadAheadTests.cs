using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Buffering;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Buffering;

/// <summary>What one connection holds, without an exchange around it.</summary>
internal sealed class ReadAheadTests
{
    private const int Block = 64 * 1024;

    private readonly MemoryLoop _loop = new(new ManualTimeProvider());

    [Test]
    public void Use_ends_only_when_the_writer_knows_that_its_wait_is_over()
    {
        var store = Store();
        var buffers = store.Of(_loop);
        _loop.Run(() =>
        {
            var ahead = buffers.TryRent(0)!;
            var writing = ahead.WriteAsync(new byte[8 * Block]);
            Assert.That(writing.IsCompleted, Is.False, "the bound is reached");
            ahead.OnOutputEmptied();

            TakeAll(ahead);
            ahead.Release();
            var other = buffers.TryRent(0)!;

            Assert.That(writing.IsCompletedSuccessfully, "there was room");
            Assert.That(other, Is.Not.SameAs(ahead));
            _ = writing.Result;
            other.Release();
            Assert.That(buffers.TryRent(0), Is.SameAs(other));
            Assert.That(buffers.TryRent(0), Is.SameAs(ahead));
        });
    }

    [Test]
    public void Room_is_never_less_than_asked_for([Values(1, Block, Block + 1, 3 * Block)] int bytes)
    {
        var store = Store();
        _loop.Run(() =>
        {
            var ahead = store.Of(_loop).TryRent(0)!;

            Assert.That(ahead.GetMemory(bytes).Length, Is.GreaterThanOrEqualTo(bytes));

            ahead.Release();
        });

        Assert.That(store.Snapshot().Memory, Is.Zero);
    }

    [Test]
    public void Release_during_the_work_of_the_disk_gives_everything_back_after_it()
    {
        var disk = new ScriptedDisk { IsSlow = true };
        var store = Store(disk);
        _loop.Run(() =>
        {
            var ahead = store.Of(_loop).TryRent(0)!;
            var writing = ahead.WriteAsync(new byte[8 * Block]);
            Assert.That(disk.Waiting, Is.EqualTo(1));
            ahead.CancelPendingFlush();
            _ = writing.Result;

            ahead.Release();
        });

        Assert.That(store.Snapshot().Memory, Is.Positive, "the disk still works on it");
        _loop.Run(disk.RunAll);
        _loop.Run(disk.RunAll);
        Assert.That((store.Snapshot().Memory, store.Snapshot().Disk, disk.OpenFiles), Is.EqualTo((0L, 0L, 0)));
    }

    private static BufferStore Store(ISpillDisk? disk = null) => new(
        new BufferOptions { ConnectionMemoryBytes = 4 * Block }, disk, NullLogger.Instance, new ManualTimeProvider());

    private static void TakeAll(ReadAhead ahead)
    {
        while (ahead.HeldBytes > 0 && ahead.TryPeek(out var bytes))
        {
            ahead.Consume(bytes.Length);
        }
    }
}
