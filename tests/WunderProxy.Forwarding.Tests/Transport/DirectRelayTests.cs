using System.Net.Sockets;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

internal sealed class DirectRelayTests() : TransportFixture(TransportKind.Epoll)
{
    private const int ManyPipesFull = 30_000_000;

    [Test]
    public async Task Bytes_arrive_whole_and_in_order([Values(1, 70_000, ManyPipesFull)] int count)
    {
        var (source, sender, sink, receiver) = await ConnectBothAsync();
        var bytes = Pattern(count);

        var relaying = source.Loop.RunAsync(() => RelayAsync(source, sink, count));
        var sending = Task.Run(() => sender.Send(bytes));
        var received = await Task.Run(() => ReceiveExactly(receiver, count)).WaitAsync(LoopCalls.Deadline);

        Assert.That(received, Is.EqualTo(bytes));
        Assert.That(await relaying, Is.EqualTo((DirectRelayStatus.Done, (long)count)));
        await sending;
    }

    [Test]
    public async Task Bytes_after_those_asked_for_stay_in_the_source()
    {
        var (source, sender, sink, receiver) = await ConnectBothAsync();
        sender.Send("bodynext"u8);

        await source.Loop.RunAsync(() => RelayAsync(source, sink, 4));

        Assert.That(ReceiveExactly(receiver, 4), Is.EqualTo("body"u8.ToArray()));
        Assert.That(await source.Loop.RunAsync(() => ReadExactlyAsync(source, 4)), Is.EqualTo("next"u8.ToArray()));
    }

    [Test]
    public async Task Source_that_ends_early_is_told_after_what_it_sent()
    {
        var (source, sender, sink, receiver) = await ConnectBothAsync();
        sender.Send(Pattern(100_000));
        sender.Shutdown(SocketShutdown.Send);

        var outcome = await source.Loop.RunAsync(() => RelayAsync(source, sink, 200_000));

        Assert.That(outcome, Is.EqualTo((DirectRelayStatus.SourceEnded, 100_000L)));
        Assert.That(ReceiveExactly(receiver, 100_000), Is.EqualTo(Pattern(100_000)));
        Assert.That(source.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
    }

    [Test]
    public async Task Sink_that_resets_ends_the_relay()
    {
        var (source, sender, sink, receiver) = await ConnectBothAsync();
        Reset(receiver);
        var sending = Task.Run(() => SendUntilBroken(sender));

        var (status, _) = await source.Loop.RunAsync(() => RelayAsync(source, sink, long.MaxValue));
        await source.Loop.RunAsync(source.Abort);

        Assert.That(status, Is.EqualTo(DirectRelayStatus.SinkBroken));
        await sending;
    }

    [Test]
    public async Task Cancelled_read_and_flush_end_the_waits()
    {
        var (source, sender, sink, _) = await ConnectBothAsync();
        var relay = await source.Loop.RunAsync(() => source.TryRelayTo(sink)!);
        var waitingForSource = source.Loop.RunAsync(relay.WaitForSourceAsync);
        await source.Loop.RunAsync(source.Input.CancelPendingRead);
        await waitingForSource;

        var waitingForSink = source.Loop.RunAsync(relay.WaitForSinkAsync);
        await source.Loop.RunAsync(sink.Output.CancelPendingFlush);
        await waitingForSink;

        sender.Send("x"u8);
        Assert.That((await source.Loop.RunAsync(() => source.Input.ReadAsync())).IsCanceled, Is.False);
    }

    [Test]
    public async Task There_is_no_relay_past_buffered_bytes_or_to_another_loop()
    {
        var (source, sender, sink, _) = await ConnectBothAsync();
        sender.Send("head"u8);
        await source.Loop.RunAsync(async () =>
        {
            var read = await source.Input.ReadAsync();
            source.Input.AdvanceTo(read.Buffer.Start);
        });

        Assert.That(await source.Loop.RunAsync(() => source.TryRelayTo(sink)), Is.Null);
        Assert.That(await sink.Loop.RunAsync(() => sink.TryRelayTo(source)), Is.Not.Null);
    }

    private static async ValueTask<(DirectRelayStatus Status, long PassedBytes)> RelayAsync(
        TransportConnection source, TransportConnection sink, long count)
    {
        using var relay = source.TryRelayTo(sink) ?? throw new AssertionException("no relay");
        var passedBytes = 0L;
        while (true)
        {
            var status = relay.Move(count, mayHold: false, out var taken, out var passed);
            count -= taken;
            passedBytes += passed;
            switch (status)
            {
                case DirectRelayStatus.NeedsSource or DirectRelayStatus.GivesWay:
                    await relay.WaitForSourceAsync();
                    break;
                case DirectRelayStatus.NeedsSink:
                    await relay.WaitForSinkAsync();
                    break;
                default:
                    return (status, passedBytes);
            }
        }
    }

    private static void SendUntilBroken(Socket socket)
    {
        try
        {
            while (socket.Send(new byte[100_000]) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The connection was aborted, as it should be.
        }
    }

    /// <summary>Two connections of one loop, and the plain sockets at their other ends.</summary>
    private async Task<(TransportConnection Source, Socket Sender, TransportConnection Sink, Socket Receiver)> ConnectBothAsync()
    {
        var (source, sender) = await ConnectPairAsync();
        while (true)
        {
            var (sink, receiver) = await ConnectPairAsync();
            if (sink.Loop == source.Loop)
            {
                return (source, sender, sink, receiver);
            }
        }
    }
}
