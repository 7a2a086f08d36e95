using System.Net.Sockets;
using WunderProxy.IntegrationTests.Hostile;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Tls;

/// <summary>Handshakes in great number, of clients that mean well and of others: nothing is left of them.</summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.Secure))]
[NonParallelizable]
internal sealed class HandshakeTests(string wiring)
{
    private const int Threads = 4;

    // The heap of the runtime's engine is collected when it has grown; what leaks grows with the number.
    private const int MaxGrowth = 24;

    [Test]
    public async Task Memory_does_not_grow_with_the_number_of_handshakes()
    {
        await using var proxy = await HostileProxy.StartAsync(wiring);
        var count = TlsRounds.Handshakes;
        var made = 0;
        var memory = new List<int>();
        foreach (var percent in (int[])[10, 50, 100])
        {
            var next = count / (100 * HandshakeClient.Kinds) * percent * HandshakeClient.Kinds;
            await ShakeAsync(proxy, made, next);
            made = next;
            memory.Add(proxy.MemoryNow());
        }

        var good = await proxy.CountHandshakesAsync("Full", "Resumed");
        var resumed = await proxy.CountHandshakesAsync("Resumed");
        var failed = await proxy.CountHandshakesAsync("Failed");
        TestContext.Out.WriteLine(
            $"{good} handshakes, {resumed} of them resumed, and {failed} that failed: " +
            $"{string.Join(", ", memory)} MiB after 10, 50 and 100 percent of them");
        Assert.That(good + failed, Is.GreaterThanOrEqualTo(made));
        Assert.That(failed, Is.GreaterThanOrEqualTo(made / 4));
        Assert.That(memory[^1] - memory[0], Is.LessThanOrEqualTo(MaxGrowth), "MiB");
        await proxy.CheckAsync(Bounds.Handshakes);
    }

    [Test]
    public async Task Handshakes_that_end_or_stall_at_any_byte_harm_nobody()
    {
        await using var proxy = await HostileProxy.StartAsync(wiring);
        using var client = new HandshakeClient(proxy.Listener);
        var stalled = new List<Socket>();
        var bytes = 0;
        for (var goesOn = true; goesOn; bytes++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
            stalled.Add(socket);
            socket.Connect(proxy.Listener);
            goesOn = client.SendPart(socket, bytes);
            if (bytes % 3 == 0)
            {
                // One in three stalls, and one ends in order.
                stalled.Remove(socket);
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                socket.Dispose();
            }
            else if (bytes % 3 == 1)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }

        await proxy.CheckAsync(Bounds.Handshakes);
        stalled.ForEach(socket => socket.Dispose());
        await Eventually.TrueAsync(
            "all of them to have failed", async () => await proxy.CountHandshakesAsync("Failed") >= bytes - 1);
        Assert.That(bytes, Is.GreaterThan(250), "hello and finish of the client");
        Assert.That(await proxy.CountAsync("new", "active"), Is.LessThanOrEqualTo(1));
    }

    private static Task ShakeAsync(HostileProxy proxy, int from, int to) =>
        Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            using var client = new HandshakeClient(proxy.Listener);

            // In blocks of all kinds, so that each thread has a session of its own before it resumes one.
            for (var block = from + thread * HandshakeClient.Kinds; block < to; block += Threads * HandshakeClient.Kinds)
            {
                for (var number = block; number < block + HandshakeClient.Kinds; number++)
                {
                    client.Run(number);
                }
            }
        })));
}
