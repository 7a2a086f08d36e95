using System.Buffers;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

[TestFixture(TransportKind.Sockets, Wiring.Plain)]
[TestFixture(TransportKind.Epoll, Wiring.Plain)]
[TestFixture(TransportKind.Epoll, Wiring.OpenSsl)]
[TestFixture(TransportKind.Epoll, Wiring.Runtime)]
[TestFixture(TransportKind.Sockets, Wiring.Runtime)]
internal sealed class TransportWriteTests(TransportKind kind, Wiring wiring) : TransportFixture(kind, wiring)
{
    private const int MoreThanTheKernelTakes = 16_000_000;

    [Test]
    public async Task Gathered_writes_and_caller_memory_keep_their_order([Values(1, 3000, 100_000, 500_000)] int bodyBytes)
    {
        var (connection, remote) = await ConnectPairAsync();
        var body = Pattern(bodyBytes);

        var writing = connection.Loop.RunAsync(async () =>
        {
            connection.Output.Write("head;"u8);
            connection.Output.Write("more;"u8);
            await connection.Output.WriteAsync(body);
            connection.Output.Write(";tail"u8);
            await connection.Output.FlushAsync();
        });
        var received = ReceiveExactly(remote, bodyBytes + 15);
        await writing;

        Assert.That(Encoding.ASCII.GetString(received[..10]), Is.EqualTo("head;more;"));
        AssertSame(received.AsSpan(10..^5), body);
        Assert.That(Encoding.ASCII.GetString(received[^5..]), Is.EqualTo(";tail"));
    }

    [Test]
    public async Task GetMemory_gives_more_than_a_block_when_asked()
    {
        var (connection, remote) = await ConnectPairAsync();
        var bytes = Pattern(300_000);

        var writing = connection.Loop.RunAsync(async () =>
        {
            connection.Output.Write("x"u8);
            bytes.CopyTo(connection.Output.GetMemory(bytes.Length));
            connection.Output.Advance(bytes.Length);
            Assert.That(connection.Output.UnflushedBytes, Is.EqualTo(bytes.Length + 1));
            await connection.Output.FlushAsync();
            Assert.That(connection.Output.UnflushedBytes, Is.Zero);
        });
        var received = ReceiveExactly(remote, bytes.Length + 1);
        await writing;

        AssertSame(received.AsSpan(1..), bytes);
        Assert.That(await connection.Loop.RunAsync(() => RentedBlocks(connection)), Is.Zero);
    }

    [Test]
    public async Task Flush_waits_for_a_slow_peer_and_memory_stays_bounded()
    {
        var (connection, remote) = await ConnectPairAsync();
        var bytes = Pattern(MoreThanTheKernelTakes);
        var writing = connection.Loop.RunAsync(() => connection.Output.WriteAsync(bytes));
        var rented = await connection.Loop.RunAsync(() => RentedBlocks(connection));

        Assert.That(writing.IsCompleted, Is.False);
        Assert.That(rented, Is.LessThanOrEqualTo(1));
        AssertSame(ReceiveExactly(remote, bytes.Length), bytes);
        Assert.That((await writing).IsCompleted, Is.False);
    }

    [Test]
    public async Task CancelPendingFlush_gives_the_memory_back_and_keeps_the_stream_whole()
    {
        var (connection, remote) = await ConnectPairAsync();
        var original = Pattern(MoreThanTheKernelTakes);
        var lent = original.ToArray();
        var writing = connection.Loop.RunAsync(() => connection.Output.WriteAsync(lent));
        await connection.Loop.RunAsync(() => connection.Output.CancelPendingFlush());
        var cancelled = await writing;

        Array.Clear(lent);
        var flushing = connection.Loop.RunAsync(() => connection.Output.WriteAsync("end"u8.ToArray()));
        var received = ReceiveExactly(remote, original.Length + 3);
        await flushing;

        Assert.That(cancelled.IsCanceled, Is.True);
        AssertSame(received.AsSpan(..^3), original);
        Assert.That(received[^3..], Is.EqualTo("end"u8.ToArray()));
    }

    [Test]
    public async Task ShutdownSend_follows_the_flush_that_is_under_way()
    {
        var (connection, remote) = await ConnectPairAsync();
        var bytes = Pattern(MoreThanTheKernelTakes);
        var writing = connection.Loop.RunAsync(async () =>
        {
            var flush = connection.Output.WriteAsync(bytes);
            connection.ShutdownSend();
            return await flush;
        });

        AssertSame(ReceiveExactly(remote, bytes.Length), bytes);
        Assert.That(remote.Receive(new byte[1]), Is.Zero);
        Assert.That((await writing).IsCompleted, Is.False);
    }

    [Test]
    public async Task Write_after_the_peer_reset_completes_and_blames_the_peer()
    {
        var (connection, remote) = await ConnectPairAsync();
        var watcher = new RecordingWatcher();
        await connection.Loop.RunAsync(() => connection.Watcher = watcher);
        Reset(remote);
        await watcher.NextAsync();

        var result = await connection.Loop.RunAsync(() => connection.Output.WriteAsync("x"u8.ToArray()));

        Assert.That(result.IsCompleted, Is.True);
        Assert.That(connection.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
    }

    [Test]
    public async Task Pending_flush_completes_when_the_peer_resets()
    {
        var (connection, remote) = await ConnectPairAsync();
        var writing = connection.Loop.RunAsync(() => connection.Output.WriteAsync(Pattern(MoreThanTheKernelTakes)));
        await connection.Loop.RunAsync(() => { });

        Reset(remote);

        Assert.That((await writing).IsCompleted, Is.True);
        Assert.That(connection.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
    }

    [Test]
    public async Task Bytes_that_came_before_the_reset_of_a_failed_write_can_be_read()
    {
        var (connection, remote) = await ConnectPairAsync();
        remote.Send("413 too large"u8);
        remote.Shutdown(SocketShutdown.Both);
        remote.Dispose();

        var received = await connection.Loop.RunAsync(async () =>
        {
            while (!(await connection.Output.WriteAsync(new byte[100_000])).IsCompleted)
            {
            }

            return await ReadToEndAsync(connection);
        });

        Assert.That(Encoding.ASCII.GetString(received), Is.EqualTo("413 too large"));
    }
}
