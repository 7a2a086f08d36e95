using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Buffering;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Slow clients of responses that pass through a pipe inside the kernel, with time and memory in hand.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class BufferedPipeTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const int Block = 64 * 1024;
    private const int PipeBytes = 512 * 1024;

    [Test]
    public void Client_that_takes_nothing_is_reset_though_the_upstream_adds_bytes_and_no_memory_is_there()
    {
        var proxy = NewProxy(new BufferOptions { MemoryBytes = 0 });
        var (client, upstream) = Begin(proxy, sent: 200_000, length: 400_000);

        for (var count = 0; count < 5; count++)
        {
            proxy.Pass(TimeSpan.FromSeconds(10));
            proxy.Send(upstream, "x");
        }

        _ = proxy.Received(client);
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
    }

    [Test]
    public void Client_that_takes_bytes_is_not_reset_while_the_upstream_adds_bytes_and_no_memory_is_there()
    {
        var proxy = NewProxy(new BufferOptions { MemoryBytes = 0 });
        var (client, upstream) = Begin(proxy, sent: 200_000, length: 400_000);

        for (var count = 0; count < 20; count++)
        {
            proxy.Pass(TimeSpan.FromSeconds(20));
            proxy.Send(upstream, "x");
            Assert.That(proxy.ReadOnce(client), Is.Not.Empty);
        }

        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.None));
        Assert.That(proxy.Slot.Current!.InFlight, Is.EqualTo(1));
    }

    [Test]
    public void Client_that_takes_nothing_of_a_body_that_was_read_whole_is_reset_after_the_time_of_a_body()
    {
        var proxy = NewProxy(new BufferOptions { MemoryBytes = 0 });
        var (client, _) = Begin(proxy, sent: 300_000, length: 300_000);
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero, "the pipe holds the rest");

        proxy.Pass(TimeSpan.FromSeconds(29));
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.None));
        proxy.Pass(TimeSpan.FromSeconds(3));

        _ = proxy.Received(client);
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
    }

    [Test]
    public void Bodies_from_pipes_go_to_their_files_when_memory_becomes_scarce()
    {
        var disk = new ScriptedDisk();
        var proxy = NewProxy(new BufferOptions { MemoryBytes = 40 * Block }, disk);
        var slow = new List<MemoryConnection>();
        for (var count = 0; count < 10; count++)
        {
            slow.Add(Begin(proxy, sent: 300_000, length: 300_000).Client);
            proxy.Pass(TimeSpan.FromSeconds(1));
        }

        proxy.Pass(TimeSpan.FromSeconds(1));
        var held = proxy.Context.Settings.Buffers!.Snapshot();
        _ = Begin(proxy, sent: 2_000_000, length: 2_000_000);
        proxy.Pass(TimeSpan.FromSeconds(1));

        Assert.That(held.Memory, Is.LessThanOrEqualTo(30 * Block));
        Assert.That(held.Spills, Is.InRange(5, 10));
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero, "there was memory for another one");
        slow.ForEach(client => Assert.That(proxy.Received(client), Does.EndWith(Body(300_000)[^1000..])));
    }

    private static MemoryProxy NewProxy(BufferOptions buffers, ScriptedDisk? disk = null) =>
        new(options => options with { Buffers = buffers }, capacityBytes: 4096, disk: disk, pipeBytes: PipeBytes);

    /// <summary>A client that reads nothing of a response, of which the application has sent a part.</summary>
    private static (MemoryConnection Client, MemoryConnection Upstream) Begin(MemoryProxy proxy, int sent, int length)
    {
        var client = proxy.Connect();
        proxy.Send(client, Get);
        var upstream = proxy.Upstreams[^1];

        // What comes with the head is sent from memory, and taken by the client; what follows goes through the pipe.
        proxy.Send(upstream, $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{Body(length)[..100]}");
        proxy.Send(upstream, Body(length)[100..sent]);
        return (client, upstream);
    }

    private static string Body(int length) =>
        string.Create(length, 0, static (letters, _) =>
        {
            for (var at = 0; at < letters.Length; at++)
            {
                letters[at] = (char)('a' + (((at * 7) + (at >> 8)) % 26));
            }
        });
}
