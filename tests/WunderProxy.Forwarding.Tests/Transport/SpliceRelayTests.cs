using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

[SupportedOSPlatform("linux")]
internal sealed class SpliceRelayTests() : TransportFixture(TransportKind.Epoll)
{
    // TCP_INFO of tcp(7), and where struct tcp_info of linux/tcp.h has what is under way and what waits for its turn.
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const int TcpInfoBytes = 232;
    private const int UnackedAt = 24;
    private const int NotSentAt = 144;

    private TransportConnection _source = null!;
    private TransportConnection _destination = null!;
    private Socket _sender = null!;
    private Socket _receiver = null!;
    private volatile bool _waitsForSink;

    [SetUp]
    public async Task ConnectOnOneLoopAsync()
    {
        _waitsForSink = false;
        (_source, _sender) = await OpenFromLoopAsync();
        (_destination, _receiver) = await OpenFromLoopAsync();
    }

    [Test]
    public async Task Body_passes_whole_to_a_receiver_that_waits()
    {
        var body = Pattern(16_000_000);
        var relaying = Loop.RunAsync(() => RelayAsync(body.Length));

        var sending = Task.Run(() => _sender.Send(body));
        AssertSame(ReceiveExactly(_receiver, body.Length), body);

        Assert.That(await relaying, Is.EqualTo((DirectRelayStatus.Done, (long)body.Length)));
        await sending;
    }

    [Test]
    public async Task Body_that_has_all_arrived_passes_whole_to_a_receiver_that_starts_late(
        [Values(5_000_000, 7_000_000, 9_000_000, 11_000_000)] int bytes)
    {
        // So much that the receiver and the pipe are full, while no further byte comes to wake the relay.
        var body = Pattern(bytes);
        var relaying = Loop.RunAsync(() => RelayAsync(body.Length));
        var sending = Task.Run(() => _sender.Send(body));
        await Eventually.TrueAsync(() => relaying.IsCompleted || (_waitsForSink && NothingComes(sending)));

        AssertSame(ReceiveExactly(_receiver, body.Length), body);

        Assert.That((await relaying).Status, Is.EqualTo(DirectRelayStatus.Done));
        await sending;
    }

    [Test]
    public async Task Bytes_behind_the_body_stay_for_the_next_read()
    {
        _sender.Send("bodynext"u8);

        var next = await Loop.RunAsync(async () =>
        {
            await RelayAsync(4);
            return await ReadExactlyAsync(_source, 4);
        });

        Assert.That(ReceiveExactly(_receiver, 4), Is.EqualTo("body"u8.ToArray()));
        Assert.That(next, Is.EqualTo("next"u8.ToArray()));
    }

    [Test]
    public async Task Source_that_ends_early_is_seen([Values] bool reset)
    {
        var relaying = Loop.RunAsync(() => RelayAsync(1_000_000));
        _sender.Send("part"u8);
        ReceiveExactly(_receiver, 4);

        if (reset)
        {
            Reset(_sender);
        }
        else
        {
            _sender.Shutdown(SocketShutdown.Send);
        }

        Assert.That(await relaying, Is.EqualTo((DirectRelayStatus.SourceEnded, 4L)));
        Assert.That(_source.CloseReason, Is.EqualTo(reset ? CloseReason.RemoteReset : CloseReason.RemoteFinished));
    }

    [Test]
    public async Task Receiver_that_resets_is_seen_and_no_descriptor_is_left()
    {
        var before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        var body = Pattern(16_000_000);
        var relaying = Loop.RunAsync(() => RelayAsync(body.Length));
        var sending = Task.Run(() => TrySend(body));
        ReceiveExactly(_receiver, 100);

        Reset(_receiver);

        Assert.That((await relaying).Status, Is.EqualTo(DirectRelayStatus.SinkBroken));
        await Loop.RunAsync(() => _source.Abort());
        await sending;

        // A pipe that was empty at that moment is kept, two descriptors.
        await Eventually.TrueAsync(() => Directory.GetFileSystemEntries("/proc/self/fd").Length <= before + 2);
    }

    [Test]
    public async Task Cancelled_wait_for_the_source_wakes()
    {
        var waiting = Loop.RunAsync(async () =>
        {
            using var relay = _source.TryRelayTo(_destination)!;
            Assert.That(relay.Move(100, mayHold: false, out _, out _), Is.EqualTo(DirectRelayStatus.NeedsSource));
            await relay.WaitForSourceAsync();
        });
        await Loop.RunAsync(() => _source.Input.CancelPendingRead());

        await waiting;
    }

    [Test]
    public async Task Closing_the_source_ends_the_relay()
    {
        var relaying = Loop.RunAsync(() => RelayAsync(100));
        await Loop.RunAsync(() => { });

        await Loop.RunAsync(() => _source.Close());

        Assert.That((await relaying).Status, Is.EqualTo(DirectRelayStatus.SourceEnded));
    }

    [Test]
    public async Task Relay_is_refused_while_bytes_are_buffered()
    {
        _sender.Send("x"u8);

        await Loop.RunAsync(async () =>
        {
            var read = await _source.Input.ReadAsync();
            _source.Input.AdvanceTo(read.Buffer.Start);
            Assert.That(_source.TryRelayTo(_destination), Is.Null);
            _source.Input.AdvanceTo((await _source.Input.ReadAsync()).Buffer.End);
            _destination.Output.Write("y"u8);
            Assert.That(_source.TryRelayTo(_destination), Is.Null);
        });
    }

    [Test]
    public async Task Client_may_leave_more_unsent_only_while_a_pipe_feeds_it()
    {
        var accepted = new AcceptQueue();
        var receiver = Connect(Listen(accepted).EndPoint);
        var client = await accepted.NextAsync();
        (_source, _sender) = await OpenFromAsync(client.Loop);
        using var socket = OurEndOf(receiver);
        var before = UnsentLimitOf(socket);
        _sender.Send("body"u8);

        var during = await client.Loop.RunAsync(async () =>
        {
            using var relay = _source.TryRelayTo(client)!;
            while (relay.Move(4, mayHold: false, out var taken, out _) == DirectRelayStatus.NeedsSource && taken == 0)
            {
                await relay.WaitForSourceAsync();
            }

            return UnsentLimitOf(socket);
        });

        Assert.That((before, during), Is.EqualTo((UnsentLimit.Bytes, UnsentLimit.SplicedBytes)));
        Assert.That(UnsentLimitOf(socket), Is.EqualTo(UnsentLimit.Bytes));
    }

    private async ValueTask<(DirectRelayStatus Status, long PassedBytes)> RelayAsync(long bytes)
    {
        using var relay = _source.TryRelayTo(_destination)!;
        var left = bytes;
        var passed = 0L;
        while (true)
        {
            var status = relay.Move(left, mayHold: false, out var taken, out var moved);
            left -= taken;
            passed += moved;
            switch (status)
            {
                case DirectRelayStatus.NeedsSource or DirectRelayStatus.GivesWay:
                    await relay.WaitForSourceAsync();
                    break;
                case DirectRelayStatus.NeedsSink:
                    _waitsForSink = true;
                    await relay.WaitForSinkAsync();
                    _waitsForSink = false;
                    break;
                default:
                    return (status, passed);
            }
        }
    }

    /// <summary>All that the source has room for has arrived there: nothing is under way, the rest has no window.</summary>
    private bool NothingComes(Task sending)
    {
        Span<byte> info = stackalloc byte[TcpInfoBytes];
        Assert.That(_sender.GetRawSocketOption(TcpLevel, TcpInfo, info), Is.GreaterThanOrEqualTo(NotSentAt + sizeof(uint)));
        var unacked = MemoryMarshal.Read<uint>(info[UnackedAt..]);
        var notSent = MemoryMarshal.Read<uint>(info[NotSentAt..]);
        return unacked == 0 && (notSent > 0 || sending.IsCompleted);
    }

    private void TrySend(byte[] bytes)
    {
        try
        {
            _sender.Send(bytes);
        }
        catch (SocketException)
        {
            // The relay gave the body up.
        }
    }

    private static int UnsentLimitOf(Socket socket)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        socket.GetRawSocketOption(TcpLevel, UnsentLimit.Option, value);
        return MemoryMarshal.Read<int>(value);
    }

    /// <summary>The descriptor of this process at the other end, which the transport keeps to itself.</summary>
    private static Socket OurEndOf(Socket remote)
    {
        foreach (var entry in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            var descriptor = int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture);
            try
            {
                var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: false));
                if (Equals(socket.RemoteEndPoint, remote.LocalEndPoint))
                {
                    return socket;
                }
            }
            catch (SocketException)
            {
                // No socket, or one without a remote end.
            }
        }

        throw new AssertionException($"no socket leads to {remote.LocalEndPoint}");
    }

    private Task<(TransportConnection Connection, Socket Remote)> OpenFromLoopAsync() => OpenFromAsync(Loop);

    private async Task<(TransportConnection Connection, Socket Remote)> OpenFromAsync(TransportLoop loop)
    {
        using var listener = ListenSockets.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var connecting = loop.RunAsync(() => loop.ConnectAsync(listener.LocalEndPoint!, 5000));
        var remote = Own(await listener.AcceptAsync());
        remote.ReceiveTimeout = remote.SendTimeout = (int)LoopCalls.Deadline.TotalMilliseconds;
        return ((await connecting).Connection!, remote);
    }
}
