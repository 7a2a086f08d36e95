using System.Buffers;
using System.Net.Sockets;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

[TestFixture(TransportKind.Sockets, Wiring.Plain)]
[TestFixture(TransportKind.Epoll, Wiring.Plain)]
[TestFixture(TransportKind.Epoll, Wiring.OpenSsl)]
[TestFixture(TransportKind.Epoll, Wiring.Runtime)]
[TestFixture(TransportKind.Sockets, Wiring.Runtime)]
internal sealed class TransportFlushSoonTests(TransportKind kind, Wiring wiring) : TransportFixture(kind, wiring)
{
    [Test]
    public async Task Bytes_are_sent_when_the_turn_ends_and_not_before()
    {
        var (connection, remote) = await ConnectPairAsync();

        var isHeldBack = await connection.Loop.RunAsync(() =>
        {
            connection.Output.Write("soon"u8);
            connection.FlushSoon();
            return connection.Output.UnflushedBytes == 4;
        });

        Assert.That(isHeldBack, Is.True);
        Assert.That(ReceiveExactly(remote, 4), Is.EqualTo("soon"u8.ToArray()));
    }

    [Test]
    public async Task Later_flush_in_the_same_turn_keeps_the_order()
    {
        var (connection, remote) = await ConnectPairAsync();

        await connection.Loop.RunAsync(async () =>
        {
            connection.Output.Write("first;"u8);
            connection.FlushSoon();
            await connection.Output.WriteAsync("second;"u8.ToArray());
            connection.Output.Write("third"u8);
            connection.FlushSoon();
        });

        Assert.That(ReceiveExactly(remote, 18), Is.EqualTo("first;second;third"u8.ToArray()));
    }

    [Test]
    public async Task Close_sends_what_was_put_off_first()
    {
        var (connection, remote) = await ConnectPairAsync();

        await connection.Loop.RunAsync(() =>
        {
            connection.Output.Write("last words"u8);
            connection.FlushSoon();
            connection.Close();
        });

        Assert.That(ReceiveExactly(remote, 10), Is.EqualTo("last words"u8.ToArray()));
        Assert.That(remote.Receive(new byte[1]), Is.Zero);
    }

    [Test]
    public async Task Close_with_a_peer_that_takes_nothing_is_a_reset()
    {
        var (connection, remote) = await ConnectPairAsync();
        var filling = connection.Loop.RunAsync(() => connection.Output.WriteAsync(Pattern(30_000_000)));
        await connection.Loop.RunAsync(() => connection.Output.CancelPendingFlush());
        await filling;

        await connection.Loop.RunAsync(() =>
        {
            connection.FlushSoon();
            connection.Close();
        });

        Assert.That(() => ReceiveExactly(remote, 30_000_000), Throws.InstanceOf<SocketException>());
    }

    [Test]
    public async Task ShutdownSend_waits_for_what_was_put_off()
    {
        var (connection, remote) = await ConnectPairAsync();

        await connection.Loop.RunAsync(() =>
        {
            connection.Output.Write("end"u8);
            connection.FlushSoon();
            connection.ShutdownSend();
        });

        Assert.That(ReceiveExactly(remote, 3), Is.EqualTo("end"u8.ToArray()));
        Assert.That(remote.Receive(new byte[1]), Is.Zero);
    }
}
