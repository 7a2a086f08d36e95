using System.Net.Sockets;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

[TestFixture(TransportKind.Sockets, Wiring.Plain)]
[TestFixture(TransportKind.Epoll, Wiring.Plain)]
[TestFixture(TransportKind.Epoll, Wiring.OpenSsl)]
[TestFixture(TransportKind.Epoll, Wiring.Runtime)]
[TestFixture(TransportKind.Sockets, Wiring.Runtime)]
internal sealed class TransportLoadTests(TransportKind kind, Wiring wiring) : TransportFixture(kind, wiring)
{
    [Test]
    public void Echo_returns_what_was_sent()
    {
        var client = Connect(Listen(new EchoAcceptor()).EndPoint);

        for (var round = 0; round < 1000; round++)
        {
            client.Send("hello"u8);
            Assert.That(ReceiveExactly(client, 5), Is.EqualTo("hello"u8.ToArray()));
        }
    }

    [Test]
    public async Task Echo_of_a_large_stream_comes_back_whole()
    {
        var client = Connect(Listen(new EchoAcceptor()).EndPoint);
        var sent = Pattern(32_000_000);

        var sending = Task.Run(() => client.Send(sent));
        var received = ReceiveExactly(client, sent.Length);
        await sending;

        AssertSame(received, sent);
    }

    [Test]
    public void Thousand_connections_are_served_and_spread_evenly()
    {
        var counting = new CountingAcceptor();
        var endPoint = Listen(counting).EndPoint;
        var clients = Enumerable.Range(0, 1000).Select(_ => Connect(endPoint)).ToArray();

        foreach (var client in clients)
        {
            client.Send("hi"u8);
        }

        foreach (var client in clients)
        {
            ReceiveExactly(client, 2);
        }

        Assert.That(counting.Count(Transport.Loops[0]) + counting.Count(Transport.Loops[1]), Is.EqualTo(1000));
        Assert.That(counting.Count(Transport.Loops[0]), Is.InRange(400, 600));
    }

    [Test]
    public void Connections_that_come_and_go_never_see_each_other_s_bytes()
    {
        var endPoint = EntryOf(Listen(new EchoAcceptor()).EndPoint);

        Parallel.For(0, 4, worker =>
        {
            for (var round = 0; round < 200; round++)
            {
                using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
                client.ReceiveTimeout = (int)LoopCalls.Deadline.TotalMilliseconds;
                client.Connect(endPoint);
                var mark = BitConverter.GetBytes((worker * 1000) + round);
                client.Send(mark);
                Assert.That(ReceiveExactly(client, 4), Is.EqualTo(mark));
                if (round % 3 == 0)
                {
                    client.LingerState = new LingerOption(enable: true, seconds: 0);
                }
            }
        });
    }

    [Test]
    public async Task Closed_connections_leave_no_descriptor_behind()
    {
        var endPoint = EntryOf(Listen(new EchoAcceptor()).EndPoint);
        ExchangeOnce(endPoint);
        var before = OpenDescriptors();

        for (var round = 0; round < 200; round++)
        {
            ExchangeOnce(endPoint);
        }

        await Eventually.TrueAsync(() => OpenDescriptors() <= before + 5);
    }

    [Test]
    public async Task Closed_listener_accepts_no_more()
    {
        var listener = Listen(new EchoAcceptor());
        Connect(listener.EndPoint);

        await listener.CloseAsync();

        Assert.That(CanConnect(listener.EndPoint), Is.False);
    }

    private static bool CanConnect(System.Net.EndPoint endPoint)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int OpenDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static void ExchangeOnce(System.Net.EndPoint endPoint)
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.ReceiveTimeout = (int)LoopCalls.Deadline.TotalMilliseconds;
        client.Connect(endPoint);
        client.Send("x"u8);
        ReceiveExactly(client, 1);
    }

    private sealed class CountingAcceptor : IConnectionAcceptor
    {
        private readonly int[] _counts = new int[2];

        public int Count(TransportLoop loop) => Volatile.Read(ref _counts[loop.Index]);

        public void OnAccepted(TransportConnection connection)
        {
            Interlocked.Increment(ref _counts[connection.Loop.Index]);
            EchoAcceptor.EchoAsync(connection);
        }
    }
}
