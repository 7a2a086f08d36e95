using System.Text.RegularExpressions;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Fallback;
using WunderProxy.Forwarding.Tests.Transport;
using WunderProxy.Forwarding.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Requests that go to a peer because we cannot answer them.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed partial class FallbackTests(TransportKind transport)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npeer";

    [Test]
    public async Task Without_an_upstream_a_request_goes_to_the_peer_signed()
    {
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer);

        var (client, received, head) = await proxy.BeginAsync(
            "GET http://shop.test/a?b=c HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 10.9.9.9\r\n"
            + "X-Forwarded-Proto: https\r\n\r\n",
            peer);
        await received.SendAsync(Ok);
        var answer = await client.ReadThroughAsync("peer");

        var header = FallbackLine().Match(head);
        var mac = PeerSignature.Mac(
            PeerSignature.Secret, header.Groups["t"].Value, header.Groups["id"].Value, "GET", "/a?b=c", "shop.test",
            "203.0.113.7, 10.9.9.9, 127.0.0.1", "https");
        Assert.Multiple(() =>
        {
            Assert.That(answer, Does.StartWith("HTTP/1.1 200 OK\r\n"));
            Assert.That(head, Does.StartWith("GET /a?b=c HTTP/1.1\r\nHost: shop.test\r\n")
                .And.Contain("X-Forwarded-For: 203.0.113.7, 10.9.9.9, 127.0.0.1\r\n").And.Contain("X-Forwarded-Proto: https\r\n"));
            Assert.That(head.Split("Wunderproxy-Fallback"), Has.Length.EqualTo(2), "one line of ours");
            Assert.That(header.Groups["mac"].Value, Is.EqualTo(mac));
            Assert.That(long.Parse(header.Groups["t"].Value), Is.EqualTo(PeerSignature.Now()).Within(15));
            Assert.That(Counts(proxy), Is.EqualTo((Sent: 1, Failed: 0, OverBudget: 0)));
        });
    }

    [Test]
    public async Task Http_1_0_without_a_host_is_signed_with_the_one_that_is_sent()
    {
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer);

        var (_, _, head) = await proxy.BeginAsync("GET / HTTP/1.0\r\n\r\n", peer);

        var header = FallbackLine().Match(head);
        var mac = PeerSignature.Mac(
            PeerSignature.Secret, header.Groups["t"].Value, header.Groups["id"].Value, "GET", "/", $"{peer.EndPoint}",
            "127.0.0.1", ProxyUnderTest.Scheme);
        Assert.That(head, Does.Contain($"Host: {peer.EndPoint}\r\n"));
        Assert.That(header.Groups["mac"].Value, Is.EqualTo(mac));
    }

    [TestCase("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "")]
    [TestCase("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody", "body")]
    [TestCase("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", "4\r\nbody\r\n0\r\n\r\n")]
    public async Task Refused_connect_sends_any_request_whole_to_the_peer(string request, string body)
    {
        await using var proxy = PeeredProxy.Start(transport, out var peer);
        proxy.Application.Dispose();

        var (client, received, _) = await proxy.BeginAsync(request, peer);
        var receivedBody = await received.ReadAsync(body.Length);
        await received.SendAsync(Ok);

        Assert.That(receivedBody, Is.EqualTo(body));
        Assert.That(await client.ReadThroughAsync("peer"), Does.StartWith("HTTP/1.1 200 "));
        Assert.That(proxy.Slot.Current!.LastConnectRefused, Is.True, "load balancers leave, peers or not");
    }

    [TestCase("GET", "", true)]
    [TestCase("HEAD", "", true)]
    [TestCase("DELETE", "", true)]
    [TestCase("PUT", "Content-Length: 4\r\n", true)]
    [TestCase("POST", "Content-Length: 0\r\n", false)]
    [TestCase("POST", "Content-Length: 4\r\n", false)]
    [TestCase("PATCH", "Content-Length: 4\r\n", false)]
    [TestCase("LOCK", "", false)]
    public async Task Broken_before_a_response_only_an_idempotent_request_goes(string method, string headers, bool goes)
    {
        await using var proxy = PeeredProxy.Start(transport, out var peer);
        var (client, upstream, _) = await proxy.BeginAsync($"{method} / HTTP/1.1\r\nHost: a\r\n{headers}\r\n");

        upstream.Dispose();

        if (goes)
        {
            using var received = await peer.AcceptAsync();
            Assert.That(await received.ReadHeadAsync(), Does.StartWith($"{method} / "));
        }
        else
        {
            Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 502 "));
            Assert.That(peer.HasPending, Is.False);
        }
    }

    [TestCase("POST", true)]
    [TestCase("PUT", false)]
    public async Task Body_that_is_held_whole_goes_to_the_peer_though_the_client_sent_it_already(string method, bool isRefused)
    {
        await using var proxy = PeeredProxy.Start(
            transport,
            out var peer,
            options => options with { Buffers = new BufferOptions() },
            new ApplicationOptions { BuffersRequests = true });
        var client = await proxy.ConnectAsync();
        if (isRefused)
        {
            proxy.Application.Dispose();
        }

        await client.SendAsync($"{method} / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        Assert.That(await client.ReadHeadAsync(), Is.EqualTo("HTTP/1.1 100 Continue\r\n\r\n"));
        await client.SendAsync("body");
        if (!isRefused)
        {
            var upstream = await proxy.AcceptAsync();
            await upstream.ReadThroughAsync("\r\n\r\nbody");
            upstream.Dispose();
        }

        using var received = await peer.AcceptAsync();
        await received.ReadThroughAsync("\r\n\r\nbody");
        await received.SendAsync(Ok);
        Assert.That(await client.ReadThroughAsync("peer"), Does.StartWith("HTTP/1.1 200 "));
    }

    [Test]
    public async Task Body_that_has_begun_to_go_is_not_sent_elsewhere()
    {
        await using var proxy = PeeredProxy.Start(transport, out var peer);
        var (client, upstream, _) = await proxy.BeginAsync("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nfour");
        await upstream.ReadAsync(4);

        upstream.Reset();

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 502 "));
        Assert.That(peer.HasPending, Is.False);
    }

    [TestCase("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 ")]
    [TestCase("HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 103 ")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour", "HTTP/1.1 200 ")]
    public async Task Once_a_byte_was_answered_nothing_goes(string begun, string seen)
    {
        await using var proxy = PeeredProxy.Start(transport, out var peer);
        var (client, upstream, _) = await proxy.BeginAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        await upstream.SendAsync(begun);
        var first = await client.ReadHeadAsync();
        upstream.Dispose();
        await client.ReadToEndAsync();

        Assert.That(first, Does.StartWith(seen));
        Assert.That(peer.HasPending, Is.False);
        Assert.That(Counts(proxy), Is.EqualTo((Sent: 0, Failed: 0, OverBudget: 0)));
    }

    [Test]
    public async Task Answer_that_breaks_the_grammar_is_a_502_that_goes()
    {
        await using var proxy = PeeredProxy.Start(transport, out var peer);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync("nonsense\r\n\r\n");
        await AnswerAsync(peer, Ok);

        Assert.That(await client.ReadThroughAsync("peer"), Does.StartWith("HTTP/1.1 200 "));
    }

    [TestCase("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\napp")]
    [TestCase("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 3\r\n\r\napp")]
    public async Task Status_of_the_application_itself_is_its_answer(string response)
    {
        await using var proxy = PeeredProxy.Start(transport, out var peer);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync(response);

        Assert.That(await client.ReadThroughAsync("app"), Does.StartWith(response[..12]));
        Assert.That(peer.HasPending, Is.False);
    }

    [Test]
    public async Task Slow_upstream_is_504_and_no_matter_for_peers()
    {
        await using var proxy = PeeredProxy.Start(
            transport,
            out var peer,
            served: new ApplicationOptions { ResponseTimeout = TimeSpan.FromMilliseconds(200) });
        var (client, _, _) = await proxy.BeginAsync(Get);

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 504 "));
        Assert.That(peer.HasPending, Is.False);
    }

    [Test]
    public async Task Pause_that_lasts_too_long_is_a_503_that_goes()
    {
        await using var proxy = PeeredProxy.Start(
            transport, out var peer, served: new ApplicationOptions { PauseTimeout = TimeSpan.FromMilliseconds(100) });
        proxy.Served.Pause();
        using var client = await proxy.ConnectAsync();

        await client.SendAsync(Get);
        await AnswerAsync(peer, Ok);

        Assert.That(await client.ReadThroughAsync("peer"), Does.StartWith("HTTP/1.1 200 "));
    }

    [Test]
    public async Task Connection_too_many_is_answered_here()
    {
        await using var proxy = PeeredProxy.Start(
            transport, out var peer, options => options with { MaxConnections = 1 });
        await proxy.BeginAsync(Get);
        using var second = await proxy.ConnectAsync();

        Assert.That(await second.ReadHeadAsync(), Does.StartWith("HTTP/1.1 503 "));
        Assert.That(peer.HasPending, Is.False);
    }

    [TestCase("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\npeer", "HTTP/1.1 503 ")]
    [TestCase("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\npeer", "HTTP/1.1 404 ")]
    public async Task Whatever_the_peer_answers_is_the_answer(string response, string status)
    {
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer);

        var (client, received, _) = await proxy.BeginAsync(Get, peer);
        await received.SendAsync(response);

        Assert.That(await client.ReadThroughAsync("peer"), Does.StartWith(status));
        Assert.That(peer.HasPending, Is.False, "one peer, once");
    }

    [Test]
    public async Task Peer_that_gives_no_answer_leaves_the_first_one()
    {
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer);
        var (client, received, _) = await proxy.BeginAsync(Get, peer);

        received.Dispose();

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 503 ").And.Contain("Retry-After: 5\r\n"));
        Assert.That(Counts(proxy), Is.EqualTo((Sent: 1, Failed: 1, OverBudget: 0)));
        Assert.That(peer.HasPending, Is.False, "one peer, once");
    }

    [Test]
    public async Task Peer_that_breaks_off_is_seen_as_that()
    {
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer);
        var (client, received, _) = await proxy.BeginAsync(Get, peer);

        await received.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour");
        received.Dispose();

        Assert.That((await client.ReadToEndAsync()).End, Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Unreachable_peer_leaves_the_first_answer_and_is_then_left_alone()
    {
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer);
        peer.Dispose();
        using var client = await proxy.ConnectAsync();

        await client.SendAsync(Get);
        var first = await client.ReadHeadAsync();
        await client.ReadThroughAsync("</html>\n");
        await client.SendAsync(Get);
        var second = await client.ReadHeadAsync();

        Assert.That(new[] { first, second }, Is.All.StartsWith("HTTP/1.1 503 ").And.All.Contains("Retry-After: 5\r\n"));
        Assert.That(proxy.Server.Snapshot().Fallback!.Peers[0].LastConnectRefused, Is.True);
        Assert.That(Counts(proxy), Is.EqualTo((Sent: 1, Failed: 2, OverBudget: 0)));
    }

    [Test]
    public async Task Connections_to_a_peer_are_used_again_and_each_request_is_signed_anew()
    {
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer);
        var (client, received, first) = await proxy.BeginAsync(Get, peer);
        await received.SendAsync(Ok);
        await client.ReadThroughAsync("peer");

        await client.SendAsync(Get);
        var second = await received.ReadHeadAsync();
        await received.SendAsync(Ok);
        await client.ReadThroughAsync("peer");

        Assert.That(IdOf(first), Is.Not.EqualTo(IdOf(second)).And.Length.EqualTo(16));
        Assert.That(peer.HasPending, Is.False);
    }

    [Test]
    public async Task Stale_connection_to_a_peer_is_tried_again_with_another_id()
    {
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer);
        var (client, received, _) = await proxy.BeginAsync(Get, peer);
        await received.SendAsync(Ok);
        await client.ReadThroughAsync("peer");

        await client.SendAsync(Get);
        var stale = await received.ReadHeadAsync();
        received.Dispose();
        using var fresh = await peer.AcceptAsync();
        var again = await fresh.ReadHeadAsync();

        Assert.That(IdOf(again), Is.Not.EqualTo(IdOf(stale)));
    }

    [Test]
    public async Task Peers_take_turns()
    {
        using var other = ScriptedUpstream.Start();
        await using var proxy = PeeredProxy.WithoutUpstream(
            transport, out var peer, options => options.WithPeers([.. options.Fallback!.Peers, other.EndPoint]));
        using var client = await proxy.ConnectAsync();
        using var second = await proxy.ConnectAsync();

        await client.SendAsync(Get);
        await second.SendAsync(Get);
        using var atPeer = await peer.AcceptAsync();
        using var atOther = await other.AcceptAsync();

        Assert.That(await atPeer.ReadHeadAsync(), Does.StartWith("GET / "));
        Assert.That(await atOther.ReadHeadAsync(), Does.StartWith("GET / "));
    }

    [Test]
    public async Task WebSocket_goes_through_the_peer()
    {
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer);

        var (client, received, head) = await proxy.BeginAsync(
            "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", peer);
        await received.SendAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhi");
        var answer = await client.ReadThroughAsync("hi");
        await client.SendAsync("there");

        Assert.That(head, Does.Contain("Upgrade: websocket\r\n"));
        Assert.That(answer, Does.StartWith("HTTP/1.1 101 "));
        Assert.That(await received.ReadAsync(5), Is.EqualTo("there"));
    }

    [Test]
    public async Task Client_that_leaves_ends_what_the_peer_does()
    {
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer);
        var (client, received, _) = await proxy.BeginAsync(Get, peer);

        client.Dispose();

        Assert.That(await received.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Failure_counts_for_the_upstream_whoever_helps_out()
    {
        await using var proxy = PeeredProxy.Start(transport, out var peer);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        upstream.Dispose();
        await AnswerAsync(peer, Ok);
        await client.ReadThroughAsync("peer");
        await Eventually.TrueAsync(() => proxy.Server.Snapshot().Total.Requests == 1);

        var snapshot = proxy.Server.Snapshot();
        var upstreamTraffic = proxy.Served.Snapshot().Upstream!.Traffic;

        Assert.That(upstreamTraffic.Status.Codes, Is.EqualTo(new Dictionary<int, long> { [502] = 1 }));
        Assert.That(upstreamTraffic.GatewayErrors, Is.EqualTo(1));
        Assert.That(snapshot.Total.Status.Codes, Is.EqualTo(new Dictionary<int, long> { [200] = 1 }));
        Assert.That(snapshot.Total.GatewayErrors, Is.Zero);
    }

    private static (long Sent, long Failed, long OverBudget) Counts(ProxyUnderTest proxy)
    {
        var counts = proxy.Server.Snapshot().Fallback!;
        return (counts.Sent, counts.Failed, counts.OverBudget);
    }

    private static async Task AnswerAsync(ScriptedUpstream peer, string response)
    {
        using var received = await peer.AcceptAsync();
        await received.ReadHeadAsync();
        await received.SendAsync(response);
    }

    private static string IdOf(string head) => FallbackLine().Match(head).Groups["id"].Value;

    [GeneratedRegex("\r\nWunderproxy-Fallback: v1;t=(?<t>[0-9]+);id=(?<id>[0-9a-f]{16});mac=(?<mac>[0-9a-f]{64})\r\n", RegexOptions.None, 1000)]
    private static partial Regex FallbackLine();
}
