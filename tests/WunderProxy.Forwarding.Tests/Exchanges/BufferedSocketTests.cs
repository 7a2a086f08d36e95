using System.Security.Cryptography;
using System.Text;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Transport;
using WunderProxy.Forwarding.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Slow clients on real sockets, with pipes inside the kernel where there are any, and files on a real disk.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
internal sealed class BufferedSocketTests(TransportKind transport)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const int MiB = 1 << 20;

    // Seldom in memory (tmpfs), as /tmp may be.
    private static readonly string Folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "buffers");

    [TestCase(600_000, false)]
    [TestCase(3 * MiB, false)]
    [TestCase(24 * MiB, false)]
    [TestCase(24 * MiB, true)]
    public async Task Response_is_read_whole_while_the_client_reads_nothing(int length, bool isChunked)
    {
        await using var proxy = Start();
        var body = Body(length);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync(HeadOf(body, isChunked));
        await upstream.SendAsync(body);
        await upstream.SendAsync(isChunked ? "\r\n0\r\n\r\n" : string.Empty);

        await Eventually.TrueAsync(() => proxy.Slot.Current!.InFlight == 0);
        Assert.That(proxy.Server.Snapshot().Buffers!.Memory, Is.LessThanOrEqualTo(MiB + (4 * 64 * 1024)));
        await client.ReadThroughAsync(isChunked ? $"\r\n\r\n{length:x}\r\n" : "\r\n\r\n");
        Assert.That(await HashOfAsync(client, length), Is.EqualTo(SHA256.HashData(body)));
        Assert.That(await client.ReadAsync(isChunked ? 7 : 0), Is.EqualTo(isChunked ? "\r\n0\r\n\r\n" : string.Empty));
        await AssertNothingHeldAsync(proxy);
        await AssertGoesOnAsync(client, upstream);
        Assert.That(proxy.Server.Snapshot().Total.BytesOut, Is.InRange(length, length + 1000), "each byte is counted once");
        Assert.That(Directory.GetFileSystemEntries(Folder), Is.Empty, "the files have no names");
    }

    [Test]
    public async Task Client_that_keeps_up_needs_no_file()
    {
        await using var proxy = Start();
        var body = Body(24 * MiB);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync(HeadOf(body, isChunked: false));
        for (var at = 0; at < body.Length; at += MiB / 8)
        {
            await upstream.SendAsync(body.AsMemory(at, MiB / 8));
            await client.ReadAsync(MiB / 8);
        }

        Assert.That(proxy.Server.Snapshot().Buffers, Has.Property("Spills").Zero);
        await AssertNothingHeldAsync(proxy);
    }

    [Test]
    public async Task Bytes_that_come_while_the_client_takes_nothing_follow_in_order_when_it_reads_again()
    {
        await using var proxy = Start();
        var body = Body(10 * MiB);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync(HeadOf(body, isChunked: false));
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await client.ReadThroughAsync("\r\n\r\n");
        var received = 0;
        for (var sent = 0; sent < body.Length;)
        {
            // Two steps ahead, one step back: pipe, memory, and again the pipe.
            var count = Math.Min(700_000, body.Length - sent);
            await upstream.SendAsync(body.AsMemory(sent, count));
            sent += count;
            for (var goal = sent % 2 == 0 ? sent : received; received < goal;)
            {
                var part = Math.Min(goal - received, 100_000);
                hash.AppendData(Encoding.Latin1.GetBytes(await client.ReadAsync(part)));
                received += part;
            }
        }

        hash.AppendData(Encoding.Latin1.GetBytes(await client.ReadAsync(body.Length - received)));
        Assert.That(hash.GetHashAndReset(), Is.EqualTo(SHA256.HashData(body)));
        await AssertNothingHeldAsync(proxy);
    }

    [TestCase(600_000)]
    [TestCase(24 * MiB)]
    public async Task Client_that_leaves_frees_everything(int length)
    {
        await using var proxy = Start();
        var body = Body(length);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync(HeadOf(body, isChunked: false));
        await upstream.SendAsync(body);
        await Eventually.TrueAsync(() => proxy.Slot.Current!.InFlight == 0);

        client.Reset();

        await AssertNothingHeldAsync(proxy);
        await Eventually.TrueAsync(() => proxy.Server.Snapshot().Connections.Active == 0);
    }

    [Test]
    public async Task Response_that_breaks_off_ends_with_a_reset()
    {
        await using var proxy = Start();
        var body = Body(3 * MiB);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length + 1}\r\n\r\n");
        await upstream.SendAsync(body);
        upstream.ShutdownSend();
        await Eventually.TrueAsync(() => proxy.Slot.Current!.InFlight == 0);

        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
        await AssertNothingHeldAsync(proxy);
    }

    [Test]
    public async Task Drain_of_the_upstream_waits_for_no_client_and_the_end_of_the_server_for_the_time_of_exchanges()
    {
        await using var proxy = Start();
        var body = Body(24 * MiB);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync(HeadOf(body, isChunked: false));
        await upstream.SendAsync(body);
        await Eventually.TrueAsync(() => proxy.Slot.Current!.InFlight == 0);

        var told = await proxy.Slot.Switch(null)!.DrainAsync(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), default);
        await proxy.Server.CloseListenersAsync();
        await proxy.Server.DrainAsync(TimeSpan.Zero, TimeSpan.FromMinutes(1), default);

        Assert.That(told.Total, Is.Zero);
        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    private static string HeadOf(byte[] body, bool isChunked) => isChunked
        ? $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n"
        : $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n";

    private static byte[] Body(int length)
    {
        var body = new byte[length];
        new Random(length).NextBytes(body);
        return body;
    }

    private static async Task<byte[]> HashOfAsync(RawConnection client, int length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var left = length; left > 0;)
        {
            var text = await client.ReadAsync(Math.Min(left, MiB));
            hash.AppendData(Encoding.Latin1.GetBytes(text));
            left -= text.Length;
        }

        return hash.GetHashAndReset();
    }

    private static async Task AssertGoesOnAsync(RawConnection client, RawConnection upstream)
    {
        await client.SendAsync(Get);
        await upstream.ReadHeadAsync();
        await upstream.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 204 "));
    }

    private static Task AssertNothingHeldAsync(ProxyUnderTest proxy) => Eventually.TrueAsync(
        () => proxy.Server.Snapshot().Buffers is { Memory: 0, Disk: 0 });

    private ProxyUnderTest Start() => ProxyUnderTest.Start(
        transport, options => options with { Threads = 1, Buffers = new BufferOptions { Directory = Folder } });
}
