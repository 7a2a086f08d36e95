using System.Buffers;
using System.Net.Sockets;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Tests.Transport;

[TestFixture(TransportKind.Sockets, Wiring.Plain)]
[TestFixture(TransportKind.Epoll, Wiring.Plain)]
[TestFixture(TransportKind.Epoll, Wiring.OpenSsl)]
[TestFixture(TransportKind.Epoll, Wiring.Runtime)]
[TestFixture(TransportKind.Sockets, Wiring.Runtime)]
internal sealed class TransportReadTests(TransportKind kind, Wiring wiring) : TransportFixture(kind, wiring)
{
    [Test]
    public async Task Unconsumed_bytes_gather_over_many_blocks()
    {
        var (connection, remote) = await ConnectPairAsync();
        var sent = Pattern(1_000_000);
        var reading = connection.Loop.RunAsync(() => ReadToEndAsync(connection));

        remote.Send(sent);
        remote.Shutdown(SocketShutdown.Send);

        AssertSame(await reading, sent);
    }

    [Test]
    public async Task Read_returns_again_what_was_not_examined()
    {
        var (connection, remote) = await ConnectPairAsync();
        remote.Send("abcdef"u8);

        var rest = await connection.Loop.RunAsync(async () =>
        {
            var first = await connection.Input.ReadAsync();
            connection.Input.AdvanceTo(first.Buffer.GetPosition(2));
            var second = await connection.Input.ReadAsync();
            var bytes = second.Buffer.ToArray();
            connection.Input.AdvanceTo(second.Buffer.End);
            return bytes;
        });

        Assert.That(rest, Is.EqualTo("cdef"u8.ToArray()));
    }

    [Test]
    public async Task Examined_remainder_waits_for_more_in_a_small_block()
    {
        var (connection, remote) = await ConnectPairAsync();
        remote.Send("GET "u8);
        await connection.Loop.RunAsync(async () =>
        {
            var first = await connection.Input.ReadAsync();
            connection.Input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        });

        var reading = connection.Loop.RunAsync(() => connection.Input.ReadAsync());
        await connection.Loop.RunAsync(() => { });
        remote.Send("/ HTTP/1.1"u8);
        var second = await reading;

        Assert.That(second.Buffer.ToArray(), Is.EqualTo("GET / HTTP/1.1"u8.ToArray()));
    }

    [Test]
    public async Task Idle_connection_holds_no_buffer()
    {
        var (connection, remote) = await ConnectPairAsync();
        remote.Send("hello"u8);
        await connection.Loop.RunAsync(() => ReadExactlyAsync(connection, 5));

        var rented = await connection.Loop.RunAsync(() =>
        {
            _ = connection.Input.ReadAsync().AsTask();
            return RentedBlocks(connection);
        });

        Assert.That(rented, Is.Zero);
    }

    [Test]
    public async Task Unread_bytes_stay_in_the_kernel()
    {
        var (connection, remote) = await ConnectPairAsync();
        var sent = Pattern(16_000_000);
        var sending = Task.Run(() => remote.Send(sent));
        await connection.Loop.RunAsync(() => ReadExactlyAsync(connection, 1000));

        await connection.Loop.RunAsync(() => Assert.That(RentedBlocks(connection), Is.LessThanOrEqualTo(MostBlocksOfAReader)));
        var rest = await connection.Loop.RunAsync(() => ReadExactlyAsync(connection, sent.Length - 1000));

        AssertSame(rest, sent.AsSpan(1000..));
        Assert.That(await sending, Is.EqualTo(sent.Length));
    }

    [Test]
    public async Task CancelPendingRead_wakes_the_reader_and_loses_nothing()
    {
        var (connection, remote) = await ConnectPairAsync();
        var reading = connection.Loop.RunAsync(() => connection.Input.ReadAsync());
        await connection.Loop.RunAsync(() => connection.Input.CancelPendingRead());
        var cancelled = await reading;

        remote.Send("later"u8);
        var read = await connection.Loop.RunAsync(() => ReadExactlyAsync(connection, 5));

        Assert.That(cancelled.IsCanceled, Is.True);
        Assert.That(cancelled.IsCompleted, Is.False);
        Assert.That(read, Is.EqualTo("later"u8.ToArray()));
    }

    [Test]
    public async Task CancelPendingRead_before_a_read_cancels_that_read_only()
    {
        var (connection, remote) = await ConnectPairAsync();
        remote.Send("x"u8);

        var (first, second) = await connection.Loop.RunAsync(async () =>
        {
            connection.Input.CancelPendingRead();
            var cancelled = await connection.Input.ReadAsync();
            connection.Input.AdvanceTo(cancelled.Buffer.Start);
            return (cancelled, await connection.Input.ReadAsync());
        });

        Assert.That(first.IsCanceled, Is.True);
        Assert.That(second.IsCanceled, Is.False);
        Assert.That(second.Buffer.Length, Is.EqualTo(1));
    }

    [Test]
    public async Task TryRead_returns_false_without_bytes_and_true_with_some()
    {
        var (connection, remote) = await ConnectPairAsync();
        Assert.That(await connection.Loop.RunAsync(() => connection.Input.TryRead(out _)), Is.False);

        remote.Send("x"u8);
        var read = await connection.Loop.RunAsync(async () =>
        {
            var awaited = await connection.Input.ReadAsync();
            connection.Input.AdvanceTo(awaited.Buffer.Start);
            return connection.Input.TryRead(out var again) ? again.Buffer.Length : -1;
        });

        Assert.That(read, Is.EqualTo(1));
    }

    [Test]
    public async Task Second_read_at_a_time_is_a_bug()
    {
        var (connection, _) = await ConnectPairAsync();

        await connection.Loop.RunAsync(() =>
        {
            _ = connection.Input.ReadAsync().AsTask();
            Assert.That(() => connection.Input.ReadAsync(), Throws.InvalidOperationException);
        });
    }

    [Test]
    public async Task Stream_that_is_always_ready_lets_others_of_its_loop_run()
    {
        var (connection, remote) = await ConnectPairAsync();
        var bytes = Pattern(30_000_000);
        var sending = Task.Run(() => remote.Send(bytes));
        var turns = new HashSet<uint>();

        await connection.Loop.RunAsync(async () =>
        {
            for (var left = bytes.Length; left > 0;)
            {
                var read = await connection.Input.ReadAsync();
                left -= (int)read.Buffer.Length;
                connection.Input.AdvanceTo(read.Buffer.End);
                turns.Add(((WorkLoop)connection.Loop).Turn);
            }
        });

        await sending;
        Assert.That(turns, Has.Count.GreaterThan(50));
    }
}
