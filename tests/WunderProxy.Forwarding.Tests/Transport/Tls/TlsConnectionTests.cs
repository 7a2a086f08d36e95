using System.Net.Sockets;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Streams;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>What an established connection makes of a remote end that ends, cuts or forges.</summary>
[TestFixture(TransportKind.Epoll, TlsEngine.OpenSsl)]
[TestFixture(TransportKind.Epoll, TlsEngine.Runtime)]
[TestFixture(TransportKind.Sockets, TlsEngine.Runtime)]
internal sealed class TlsConnectionTests(TransportKind kind, TlsEngine engine) : TransportFixture(kind)
{
    [Test]
    public async Task Close_notify_is_an_end_in_order_with_or_without_the_end_of_the_stream([Values] bool finishes)
    {
        var (connection, socket, end) = await EstablishAsync();
        end.Write("last"u8);
        end.Shutdown();
        socket.Send(end.TakeSent());
        if (finishes)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        var read = await connection.Loop.RunAsync(() => ReadToEndAsync(connection));

        Assert.That(read, Is.EqualTo("last"u8.ToArray()));
        Assert.That(connection.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
        end.Dispose();
    }

    [Test]
    public async Task End_of_the_stream_without_close_notify_is_a_reset([Values] bool insideARecord)
    {
        var (connection, socket, end) = await EstablishAsync();
        end.Write("cut"u8);
        var record = end.TakeSent();
        end.Write("off"u8);
        socket.Send([.. record, .. insideARecord ? end.TakeSent()[..^3] : []]);
        socket.Shutdown(SocketShutdown.Send);

        var read = await connection.Loop.RunAsync(() => ReadToEndAsync(connection));

        Assert.That(read, Is.EqualTo("cut"u8.ToArray()));
        Assert.That(connection.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        end.Dispose();
    }

    [Test]
    public async Task Forged_record_is_a_reset_after_the_content_before_it()
    {
        var (connection, socket, end) = await EstablishAsync();
        end.Write("good"u8);
        var good = end.TakeSent();
        end.Write("evil"u8);
        var forged = end.TakeSent();
        forged[^1] ^= 1;
        socket.Send([.. good, .. forged]);

        var read = await connection.Loop.RunAsync(() => ReadToEndAsync(connection));

        // The runtime gives up the whole read with the bad record.
        Assert.That(read, engine == TlsEngine.OpenSsl ? Is.EqualTo("good"u8.ToArray()) : Is.Empty.Or.EqualTo("good"u8.ToArray()));
        Assert.That(connection.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        await connection.Loop.RunAsync(connection.Close);
        end.Dispose();
    }

    [Test]
    public async Task Bytes_after_a_close_notify_are_dropped()
    {
        var (connection, socket, end) = await EstablishAsync();
        end.Shutdown();
        socket.Send([.. end.TakeSent(), .. Pattern(500)]);

        var read = await connection.Loop.RunAsync(() => ReadToEndAsync(connection));

        Assert.That(read, Is.Empty);
        Assert.That(connection.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
        end.Dispose();
    }

    [Test]
    public async Task Close_sends_a_close_notify_and_abort_does_not([Values] bool aborts)
    {
        var (connection, socket, end) = await EstablishAsync();
        await connection.Loop.RunAsync(aborts ? connection.Abort : connection.Close);

        var buffer = new byte[4096];
        var status = -1;
        SocketError error;
        while (socket.Receive(buffer, 0, buffer.Length, SocketFlags.None, out error) is > 0 and var read)
        {
            end.Arrive(buffer.AsSpan(0, read));
            end.ReadAll(out status);
        }

        Assert.That(error, Is.EqualTo(aborts ? SocketError.ConnectionReset : SocketError.Success));
        Assert.That(status, aborts ? Is.Not.Zero : Is.Zero);
        end.Dispose();
    }

    [Test]
    public async Task Half_close_arrives_while_content_comes_in_and_is_read_on()
    {
        const int Rounds = 25;
        for (var round = 0; round < Rounds; round++)
        {
            var (connection, socket, end) = await EstablishAsync();
            using var _ = end;
            var reading = connection.Loop.RunAsync(() => ReadToEndAsync(connection));
            end.Write(Pattern(20_000));
            var content = end.TakeSent();
            var sending = Task.Run(() => socket.Send(content));
            await connection.Loop.RunAsync(connection.ShutdownSend);
            await sending;

            ReceiveCloseNotify(socket, end);
            end.Write("more"u8);
            end.Shutdown();
            socket.Send(end.TakeSent());
            socket.Shutdown(SocketShutdown.Send);

            Assert.That(await reading.WaitAsync(LoopCalls.Deadline), Has.Length.EqualTo(20_004));
            await connection.Loop.RunAsync(connection.Close);
        }
    }

    [Test]
    public async Task Client_that_reads_nothing_and_asks_for_new_keys_takes_bounded_memory()
    {
        var (connection, socket, end) = await EstablishAsync();
        socket.SendTimeout = 500;
        var writing = connection.Loop.RunAsync(() => connection.Output.WriteAsync(Pattern(8_000_000)));
        var reading = connection.Loop.RunAsync(() => ReadToEndAsync(connection));
        try
        {
            for (var round = 0; round < 5_000; round++)
            {
                end.UpdateKeys();
                socket.Send(end.TakeSent());
            }
        }
        catch (SocketException)
        {
            // The connection was ended, or takes no more.
        }

        var rented = await connection.Loop.RunAsync(() => RentedBlocks(connection));
        Assert.That(rented, Is.LessThan(12));
        Reset(socket);
        await reading;
        Assert.That((await writing).IsCompleted, Is.True);
        end.Dispose();
    }

    [Test]
    public async Task End_of_the_loop_completes_a_pending_read()
    {
        var (connection, _, end) = await EstablishAsync();
        var reading = connection.Loop.RunAsync(() => ReadToEndAsync(connection));
        await connection.Loop.RunAsync(() => { });

        await Transport.DisposeAsync();

        Assert.That(await reading, Is.Empty);
        end.Dispose();
    }

    [Test]
    public async Task Close_returns_the_block_with_bytes_that_nobody_has_read()
    {
        var (connection, socket, end) = await EstablishAsync();
        end.Write(Pattern(60_000));
        using var gate = new ManualResetEventSlim();
        connection.Loop.Post(_ => gate.Wait(LoopCalls.Deadline), null);
        socket.Send(end.TakeSent());
        gate.Set();
        if (engine == TlsEngine.Runtime)
        {
            // One with the content of a record, one with the ciphertext of others.
            await Eventually.TrueAsync(async () => await connection.Loop.RunAsync(() => RentedBlocks(connection)) >= 2);
        }

        await connection.Loop.RunAsync(connection.Close);

        await Eventually.TrueAsync(async () => await connection.Loop.RunAsync(() => RentedBlocks(connection)) == 0);
        end.Dispose();
    }

    [Test]
    public async Task Details_tell_what_was_negotiated()
    {
        var (connection, _, end) = await EstablishAsync(
            new TlsEndOptions { MaxVersion = 0x0303, ServerName = "rsa.test", Alpn = null });

        Assert.That(connection.Tls, Is.Not.Null);
        Assert.That(connection.Tls!.Protocol, Is.EqualTo(TlsDetails.Version12));
        Assert.That(connection.Tls.Alpn, Is.Null);
        Assert.That(connection.Tls.Cipher, Does.Contain("ECDHE").And.Contain("RSA"));
        end.Dispose();
    }

    private static void ReceiveCloseNotify(Socket socket, TlsEnd end)
    {
        var buffer = new byte[4096];
        var status = IoStatus.WouldBlock;
        while (socket.Receive(buffer) is > 0 and var read)
        {
            end.Arrive(buffer.AsSpan(0, read));
            end.ReadAll(out status);
        }

        Assert.That(status, Is.Zero);
    }

    private async Task<(TransportConnection Connection, Socket Socket, TlsEnd End)> EstablishAsync(
        TlsEndOptions? options = null)
    {
        var accepted = new AcceptQueue();
        var listener = Listen(accepted, tls: TestCertificates.Source(engine));
        var socket = Connect(listener.EndPoint);
        var end = TlsEnd.Client(options);
        TlsListenerFixture.Shake(socket, end);
        return (await accepted.NextAsync(), socket, end);
    }
}
