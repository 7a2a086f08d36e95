using System.Net.Sockets;
using System.Runtime.Versioning;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

/// <summary>What the epoll transport promises in bytes.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollCostTests() : TransportFixture(TransportKind.Epoll)
{
    [Test]
    public async Task Echo_round_trip_allocates_nothing_on_the_loop()
    {
        const int Rounds = 5000;
        var connected = new AcceptQueue();
        var remote = Connect(Listen(connected).EndPoint);
        var connection = await connected.NextAsync();
        connection.Loop.Post(_ => EchoAcceptor.EchoAsync(connection), null);
        Echo(remote, Rounds);
        var before = await AllocatedAsync(connection.Loop);

        Echo(remote, Rounds);

        // The two questions themselves allocate a little.
        Assert.That(await AllocatedAsync(connection.Loop) - before, Is.LessThan(Rounds / 2));
    }

    [Test]
    public async Task Accepted_connection_takes_few_bytes()
    {
        const int Connections = 400;
        var keeping = new KeepingAcceptor(Connections + 1);
        var endPoint = Listen(keeping).EndPoint;
        Connect(endPoint);
        await Eventually.TrueAsync(() => keeping.Count == 1);
        var before = await AllocatedAsync(Transport.Loops[0]) + await AllocatedAsync(Transport.Loops[1]);

        foreach (var _ in Enumerable.Range(0, Connections))
        {
            Connect(endPoint);
        }

        await Eventually.TrueAsync(() => keeping.Count == Connections + 1);
        var after = await AllocatedAsync(Transport.Loops[0]) + await AllocatedAsync(Transport.Loops[1]);

        // Handing over from loop to loop allocates a little in passing, which is in it.
        TestContext.Out.WriteLine($"{(after - before) / Connections} bytes per connection");
        Assert.That((after - before) / Connections, Is.LessThan(600));
    }

    private static Task<long> AllocatedAsync(TransportLoop loop) =>
        loop.RunAsync(GC.GetAllocatedBytesForCurrentThread);

    private static void Echo(Socket remote, int rounds)
    {
        Span<byte> answer = stackalloc byte[5];
        for (var round = 0; round < rounds; round++)
        {
            remote.Send("hello"u8);
            Assert.That(remote.Receive(answer), Is.EqualTo(5));
        }
    }

    private sealed class KeepingAcceptor(int capacity) : IConnectionAcceptor
    {
        private readonly TransportConnection[] _kept = new TransportConnection[capacity];
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void OnAccepted(TransportConnection connection) =>
            _kept[Interlocked.Increment(ref _count) - 1] = connection;
    }
}
