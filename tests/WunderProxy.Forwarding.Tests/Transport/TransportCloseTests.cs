using System.Net.Sockets;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

[TestFixture(TransportKind.Sockets, Wiring.Plain)]
[TestFixture(TransportKind.Epoll, Wiring.Plain)]
[TestFixture(TransportKind.Epoll, Wiring.OpenSsl)]
[TestFixture(TransportKind.Epoll, Wiring.Runtime)]
[TestFixture(TransportKind.Sockets, Wiring.Runtime)]
internal sealed class TransportCloseTests(TransportKind kind, Wiring wiring) : TransportFixture(kind, wiring)
{
    [Test]
    public async Task Remote_end_that_finished_still_gets_its_answer()
    {
        var (connection, remote) = await ConnectPairAsync();
        remote.Send("question"u8);
        remote.Shutdown(SocketShutdown.Send);

        await connection.Loop.RunAsync(async () =>
        {
            await ReadToEndAsync(connection);
            Assert.That(connection.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
            await connection.Output.WriteAsync("answer"u8.ToArray());
            connection.Close();
        });

        Assert.That(ReceiveExactly(remote, 6), Is.EqualTo("answer"u8.ToArray()));
        Assert.That(remote.Receive(new byte[1]), Is.Zero);
    }

    [Test]
    public async Task Reading_goes_on_after_our_sending_side_ended()
    {
        var (connection, remote) = await ConnectPairAsync();
        await connection.Loop.RunAsync(() => connection.ShutdownSend());
        Assert.That(remote.Receive(new byte[1]), Is.Zero);

        remote.Send("still here"u8);
        remote.Shutdown(SocketShutdown.Send);

        Assert.That(
            await connection.Loop.RunAsync(() => ReadToEndAsync(connection)), Is.EqualTo("still here"u8.ToArray()));
    }

    [Test]
    public async Task Pending_read_sees_a_reset()
    {
        var (connection, remote) = await ConnectPairAsync();
        var reading = connection.Loop.RunAsync(() => connection.Input.ReadAsync());
        await connection.Loop.RunAsync(() => { });

        Reset(remote);

        Assert.That((await reading).IsCompleted, Is.True);
        Assert.That(connection.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
    }

    [Test]
    public async Task Watcher_is_told_of_a_peer_that_goes_while_nobody_reads([Values] bool reset)
    {
        var (connection, remote) = await ConnectPairAsync();
        var watcher = new RecordingWatcher();
        await connection.Loop.RunAsync(() => connection.Watcher = watcher);

        if (reset)
        {
            Reset(remote);
        }
        else
        {
            remote.Shutdown(SocketShutdown.Send);
        }

        var expected = reset ? CloseReason.RemoteReset : CloseReason.RemoteFinished;
        Assert.That(await watcher.NextAsync(), Is.EqualTo(expected));
        Assert.That(connection.CloseReason, Is.EqualTo(expected));
    }

    [Test]
    public async Task Watcher_set_after_the_peer_went_is_told_too_and_only_once()
    {
        var (connection, remote) = await ConnectPairAsync();
        remote.Shutdown(SocketShutdown.Send);
        await connection.Loop.RunAsync(() => ReadToEndAsync(connection));

        var watcher = new RecordingWatcher();
        await connection.Loop.RunAsync(() => connection.Watcher = watcher);

        Assert.That(await watcher.NextAsync(), Is.EqualTo(CloseReason.RemoteFinished));
        await connection.Loop.RunAsync(() => { });
        Assert.That(watcher.Count, Is.Zero);
    }

    [Test]
    public async Task Close_completes_what_is_pending()
    {
        var (connection, remote) = await ConnectPairAsync();
        var reading = connection.Loop.RunAsync(() => connection.Input.ReadAsync());
        var writing = connection.Loop.RunAsync(() => connection.Output.WriteAsync(new byte[30_000_000]));

        await connection.Loop.RunAsync(() => connection.Close());

        Assert.That((await reading).IsCompleted, Is.True);
        Assert.That((await writing).IsCompleted, Is.True);
        Assert.That(connection.CloseReason, Is.EqualTo(CloseReason.ClosedHere));
        Assert.That(await connection.Loop.RunAsync(() => RentedBlocks(connection)), Is.Zero);
    }

    [Test]
    public async Task Close_is_seen_as_an_orderly_end_and_abort_as_a_reset([Values] bool abort)
    {
        var (connection, remote) = await ConnectPairAsync();
        await connection.Loop.RunAsync(() =>
        {
            _ = connection.Input.ReadAsync().AsTask();
            if (abort)
            {
                connection.Abort();
            }
            else
            {
                connection.Close();
            }
        });

        var received = remote.Receive(new byte[1], 0, 1, SocketFlags.None, out var error);

        Assert.That(error, Is.EqualTo(abort ? SocketError.ConnectionReset : SocketError.Success));
        Assert.That(received, Is.Zero);
        Assert.That(connection.CloseReason, Is.EqualTo(abort ? CloseReason.AbortedHere : CloseReason.ClosedHere));
    }

    [Test]
    public async Task Closed_connection_answers_every_call_quietly()
    {
        var (connection, _) = await ConnectPairAsync();

        await connection.Loop.RunAsync(async () =>
        {
            connection.Close();
            connection.Close();
            connection.Abort();
            connection.ShutdownSend();
            Assert.That((await connection.Input.ReadAsync()).IsCompleted, Is.True);
            Assert.That((await connection.Output.WriteAsync(new byte[10])).IsCompleted, Is.True);
            Assert.That((await connection.Output.FlushAsync()).IsCompleted, Is.True);
            Assert.That(connection.IsReusable, Is.False);
            Assert.That(connection.LocalEndPoint, Is.Null.Or.Not.Null);
        });
        Assert.That(connection.CloseReason, Is.EqualTo(CloseReason.ClosedHere));
    }

    [Test]
    public async Task IsReusable_ends_with_unread_bytes_and_returns_when_they_are_read()
    {
        var (connection, remote) = await ConnectPairAsync();
        Assert.That(await connection.Loop.RunAsync(() => connection.IsReusable), Is.True);

        remote.Send("x"u8);
        await Eventually.TrueAsync(() => connection.Loop.RunAsync(() => !connection.IsReusable));

        await connection.Loop.RunAsync(() => ReadExactlyAsync(connection, 1));
        Assert.That(await connection.Loop.RunAsync(() => connection.IsReusable), Is.True);
    }

    [Test]
    public async Task IsReusable_ends_when_the_peer_finishes_or_resets([Values] bool reset)
    {
        var (connection, remote) = await ConnectPairAsync();
        if (reset)
        {
            Reset(remote);
        }
        else
        {
            remote.Shutdown(SocketShutdown.Send);
        }

        await Eventually.TrueAsync(() => connection.Loop.RunAsync(() => !connection.IsReusable));
    }

    [Test]
    public async Task IsReusable_ends_with_bytes_that_were_not_flushed()
    {
        var (connection, _) = await ConnectPairAsync();

        var isReusable = await connection.Loop.RunAsync(() =>
        {
            connection.Output.GetSpan(1)[0] = 1;
            connection.Output.Advance(1);
            return connection.IsReusable;
        });

        Assert.That(isReusable, Is.False);
    }
}
