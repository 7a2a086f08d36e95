using System.Net.Sockets;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>How many requests go to peers.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class FallbackShareTests(TransportKind transport)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";

    [Test]
    public async Task While_the_upstream_accepts_only_a_share_goes()
    {
        await using var proxy = PeeredProxy.Start(transport, out var peer, OneThread);
        _ = peer.AnswerAllAsync(NoContent);
        var application = CloseAllAsync(proxy.Application);

        var answers = new List<string>();
        for (var i = 0; i < 14; i++)
        {
            using var client = await proxy.ConnectAsync();
            await client.SendAsync(Get);
            answers.Add((await client.ReadHeadAsync())[..12]);
        }

        Assert.That(answers[..10], Is.All.EqualTo("HTTP/1.1 204"));
        Assert.That(answers[10..], Is.All.EqualTo("HTTP/1.1 502"));
        Assert.That(proxy.Server.Snapshot().Fallback!.OverBudget, Is.EqualTo(4));
        proxy.Application.Dispose();
        await application;
    }

    [Test]
    public async Task Exchanges_that_break_with_their_upstream_all_go()
    {
        await using var proxy = PeeredProxy.Start(transport, out var peer, OneThread);
        _ = peer.AnswerAllAsync(NoContent);
        var clients = new List<RawConnection>();
        var connections = new List<RawConnection>();
        for (var i = 0; i < 40; i++)
        {
            var (client, upstream, _) = await proxy.BeginAsync(Get);
            clients.Add(client);
            connections.Add(upstream);
        }

        proxy.Application.Dispose();
        connections.ForEach(connection => connection.Reset());

        foreach (var client in clients)
        {
            Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 204 "));
        }

        Assert.That(proxy.Slot.Current!.LastConnectRefused, Is.True);
    }

    [Test]
    public async Task Without_an_upstream_256_go_at_a_time_and_no_more()
    {
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer, OneThread);
        var clients = new List<RawConnection>();
        var atPeer = new List<RawConnection>();
        for (var i = 0; i < 256; i++)
        {
            var client = await proxy.ConnectAsync();
            await client.SendAsync(Get);
            clients.Add(client);
            atPeer.Add(await peer.AcceptAsync());
        }

        using var tooMany = await proxy.ConnectAsync();
        await tooMany.SendAsync(Get);
        var refused = await tooMany.ReadHeadAsync();
        await tooMany.ReadThroughAsync("</html>\n");
        var inFlight = proxy.Server.Snapshot().Fallback!.InFlight;
        await atPeer[0].ReadHeadAsync();
        await atPeer[0].SendAsync(NoContent);
        await clients[0].ReadHeadAsync();
        await tooMany.SendAsync(Get);
        await atPeer[0].ReadHeadAsync();
        await atPeer[0].SendAsync(NoContent);
        var afterwards = await tooMany.ReadHeadAsync();
        atPeer.ForEach(connection => connection.Dispose());
        clients.ForEach(client => client.Dispose());

        Assert.That(refused, Does.StartWith("HTTP/1.1 503 ").And.Contain("Retry-After: 5\r\n"));
        Assert.That(inFlight, Is.EqualTo(256));
        Assert.That(afterwards, Does.StartWith("HTTP/1.1 204 "));
    }

    /// <summary>Takes each connection and closes it once a request, or its end, has come.</summary>
    private static async Task CloseAllAsync(ScriptedUpstream application)
    {
        while (true)
        {
            try
            {
                using var connection = await application.AcceptAsync();
                await connection.ReadHeadAsync();
            }
            catch (IOException)
            {
                // Somebody only looked whether we are there.
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static ForwarderOptions OneThread(ForwarderOptions options) => options with { Threads = 1 };
}
