using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Buffering;
using WunderProxy.Forwarding.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>What is counted of buffered responses, and that everything is given back whatever fails.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class BufferedAccountTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const int Block = 64 * 1024;

    [Test]
    public void Body_that_goes_to_a_file_twice_is_counted_once()
    {
        var proxy = NewProxy(new ScriptedDisk());
        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 2000001\r\n\r\n" + new string('a', 1_000_000));
        _ = proxy.Received(client);
        Assert.That(Held(proxy), Is.EqualTo((0L, 0L)), "the client has caught up");

        proxy.Send(upstream, new string('b', 1_000_000));

        Assert.That(Held(proxy).Disk, Is.Positive, "there is a file again");
        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Spills, Is.EqualTo(1));
    }

    [Test]
    public void Body_of_which_nothing_could_be_written_is_not_counted()
    {
        var proxy = NewProxy(new ScriptedDisk { FailsWrites = true });
        var (_, upstream) = proxy.Begin(Get);

        proxy.Send(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + new string('a', 1_000_000));

        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Spills, Is.Zero);
    }

    [Test]
    public void Room_on_the_disk_is_given_back_when_the_file_is_closed()
    {
        var disk = new ScriptedDisk();
        var proxy = NewProxy(disk);
        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + new string('a', 1_000_000));
        var reserved = Held(proxy).Disk;
        disk.IsSlow = true;

        proxy.Loop.Run(client.Abort);

        Assert.That((Held(proxy).Disk, disk.OpenFiles), Is.EqualTo((reserved, 1)), "the file is still there");
        proxy.Loop.Run(disk.RunAll);
        Assert.That((Held(proxy).Disk, disk.OpenFiles), Is.EqualTo((0L, 0)));
    }

    [Test]
    public void Chunks_as_large_as_a_block_waste_no_memory()
    {
        var proxy = new MemoryProxy(options => options with { Buffers = new BufferOptions() }, capacityBytes: Block);
        var client = proxy.Connect(capacityBytes: 4096);
        proxy.Send(client, Get);
        var upstream = proxy.Upstreams[^1];
        proxy.Send(upstream, "HTTP/1.1 200 OK\r\n\r\n");

        for (var count = 0; count < 10; count++)
        {
            proxy.Send(upstream, new string('a', Block));
        }

        Assert.That(Held(proxy).Memory, Is.InRange(9 * Block, 12 * Block));
    }

    [Test]
    public void Fault_while_sending_what_is_held_frees_everything()
    {
        var disk = new ScriptedDisk { MaxFiles = 0 };
        var log = new RecordingLogger();
        var proxy = new MemoryProxy(
            options => options with { Buffers = new BufferOptions { MemoryBytes = 40 * Block } }, log, capacityBytes: 4096, disk: disk);
        var response = "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + new string('a', 2_000_000);
        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, response);
        var (other, otherUpstream) = proxy.Begin(Get);
        proxy.Send(otherUpstream, response);
        Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(2), "the upstreams wait for room");

        // Thrown when the client has taken a block, and memory is too scarce to fill another one.
        disk.Fault = new InvalidOperationException("a fault of ours");
        _ = proxy.Received(client);

        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(1));
        Assert.That(log.Events.Select(entry => entry.Exception?.Message), Has.Some.EqualTo("a fault of ours"));
        proxy.Loop.Run(other.Abort);
        Assert.That(Held(proxy), Is.EqualTo((0L, 0L)));
    }

    [Test]
    public void Work_that_the_disk_cannot_begin_is_a_fault_of_the_disk()
    {
        var proxy = NewProxy(new ScriptedDisk { QueueFault = new InvalidOperationException("no thread") });
        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + new string('a', 1_000_000));
        Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(1), "the upstream waits for room");
        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Warning, Does.Contain("no thread"));

        Assert.That(proxy.Received(client), Has.Length.GreaterThan(1_000_000), "nothing is lost");
        Assert.That(Held(proxy), Is.EqualTo((0L, 0L)));
    }

    private static MemoryProxy NewProxy(ScriptedDisk disk, RecordingLogger? log = null) => new(
        options => options with { Buffers = new BufferOptions { ConnectionMemoryBytes = 4 * Block } },
        log,
        capacityBytes: 4096,
        disk: disk);

    private static (long Memory, long Disk) Held(MemoryProxy proxy)
    {
        var held = proxy.Context.Settings.Buffers!.Snapshot();
        return (held.Memory, held.Disk);
    }
}
