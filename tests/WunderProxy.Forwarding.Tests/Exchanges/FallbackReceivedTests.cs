using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Fallback;
using WunderProxy.Forwarding.Tests.Transport;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Requests that a peer sent here, and those that only say so.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class FallbackReceivedTests(TransportKind transport)
{
    private const string Forwarding = "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.test\r\n";
    private const string Believed = "X-Forwarded-For: 203.0.113.7, 127.0.0.1\r\n";
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";

    [Test]
    public async Task Valid_header_makes_its_sender_trusted_and_is_removed()
    {
        await using var proxy = PeeredProxy.Start(transport, out _, TrustNobody);

        var head = await ForwardAsync(proxy, Request(ValidHeader(), Forwarding));

        Assert.That(head, Does.Contain(Believed).And.Contain("X-Forwarded-Proto: https\r\n").And.Contain("X-Forwarded-Host: shop.test\r\n"));
        Assert.That(head, Does.Not.Contain("Wunderproxy").IgnoreCase);
        Assert.That(Counts(proxy), Is.EqualTo((Received: 1, NotBelieved: 0)));
    }

    [Test]
    public async Task Trust_is_for_that_request_alone()
    {
        await using var proxy = PeeredProxy.Start(transport, out _, TrustNobody);
        var (client, upstream, _) = await proxy.BeginAsync(Request(ValidHeader(), Forwarding));
        await upstream.SendAsync(NoContent);
        await client.ReadHeadAsync();

        await client.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\n{Forwarding}\r\n");

        Assert.That(await upstream.ReadHeadAsync(), Does.Contain("X-Forwarded-For: 127.0.0.1\r\n").And.Contain($"X-Forwarded-Proto: {ProxyUnderTest.Scheme}\r\n"));
    }

    [Test]
    public async Task Several_lines_of_forwarded_for_count_as_one()
    {
        await using var proxy = PeeredProxy.Start(transport, out _, TrustNobody);
        var header = PeerSignature.Header(forwardedFor: "203.0.113.7, 10.0.0.9", proto: "https");

        var head = await ForwardAsync(
            proxy, Request(header, "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 10.0.0.9\r\nX-Forwarded-Proto: https\r\n"));

        Assert.That(head, Does.Contain("X-Forwarded-For: 203.0.113.7, 10.0.0.9, 127.0.0.1\r\n"));
    }

    [TestCase("forged")]
    [TestCase("other method")]
    [TestCase("other target")]
    [TestCase("other host")]
    [TestCase("other client")]
    [TestCase("other scheme")]
    [TestCase("old")]
    [TestCase("of the future")]
    [TestCase("malformed")]
    [TestCase("empty")]
    [TestCase("twice")]
    public async Task Any_other_header_is_removed_and_changes_nothing(string kind)
    {
        var header = kind switch
        {
            "forged" => PeerSignature.Header(forwardedFor: "203.0.113.7", proto: "https", secret: "guess"),
            "other method" => PeerSignature.Header(forwardedFor: "203.0.113.7", proto: "https", method: "DELETE"),
            "other target" => PeerSignature.Header(forwardedFor: "203.0.113.7", proto: "https", target: "/admin"),
            "other host" => PeerSignature.Header(forwardedFor: "203.0.113.7", proto: "https", host: "b"),
            "other client" => PeerSignature.Header(forwardedFor: "203.0.113.8", proto: "https"),
            "other scheme" => PeerSignature.Header(forwardedFor: "203.0.113.7", proto: "http"),
            "old" => PeerSignature.Header(forwardedFor: "203.0.113.7", proto: "https", time: PeerSignature.Now() - 32),
            "of the future" => PeerSignature.Header(forwardedFor: "203.0.113.7", proto: "https", time: PeerSignature.Now() + 60),
            "twice" => ValidHeader() + "\r\nWunderproxy-Fallback: " + ValidHeader(),
            "malformed" => "v1;" + ValidHeader(),
            _ => string.Empty,
        };
        await using var proxy = PeeredProxy.Start(transport, out _, TrustNobody);

        var head = await ForwardAsync(proxy, Request(header, Forwarding));

        Assert.That(head, Does.Contain("X-Forwarded-For: 127.0.0.1\r\n").And.Contain($"X-Forwarded-Proto: {ProxyUnderTest.Scheme}\r\n")
            .And.Not.Contain("shop.test").And.Not.Contain("Wunderproxy").IgnoreCase);
        Assert.That(Counts(proxy), Is.EqualTo((Received: 0, NotBelieved: 1)));
    }

    [Test]
    public async Task Header_is_good_once()
    {
        await using var proxy = PeeredProxy.Start(transport, out _, TrustNobody);
        var request = Request(ValidHeader(), Forwarding);

        var first = await ForwardAsync(proxy, request);
        var replayed = await ForwardAsync(proxy, request);

        Assert.That(first, Does.Contain(Believed));
        Assert.That(replayed, Does.Contain("X-Forwarded-For: 127.0.0.1\r\n").And.Not.Contain("Wunderproxy").IgnoreCase);
        Assert.That(Counts(proxy), Is.EqualTo((Received: 1, NotBelieved: 1)));
    }

    [Test]
    public async Task Without_a_key_the_header_is_removed_too()
    {
        await using var proxy = ProxyUnderTest.Start(transport, TrustNobody);

        var head = await ForwardAsync(proxy, Request(ValidHeader(), Forwarding));

        Assert.That(head, Does.Contain("X-Forwarded-For: 127.0.0.1\r\n").And.Not.Contain("Wunderproxy").IgnoreCase);
        Assert.That(proxy.Server.Snapshot().Fallback, Is.Null);
    }

    [Test]
    public async Task What_a_peer_sent_is_never_sent_on()
    {
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync(Request(ValidHeader(), Forwarding));

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 503 ").And.Contain("Retry-After: 5\r\n"));
        Assert.That(peer.HasPending, Is.False);
        Assert.That(proxy.Server.Snapshot().Fallback!.Sent, Is.Zero);
    }

    [TestCase("forged")]
    [TestCase("malformed")]
    [TestCase("twice")]
    [TestCase("named")]
    [TestCase("other case")]
    public async Task What_only_says_so_is_not_sent_on_either(string kind)
    {
        var forged = PeerSignature.Header(secret: "guess");
        var request = kind switch
        {
            "malformed" => Request(string.Empty, string.Empty),
            "twice" => Request($"{forged}\r\nWunderproxy-Fallback: {forged}", string.Empty),
            "named" => Request(forged, "Connection: Wunderproxy-Fallback\r\n"),
            "other case" => Request(forged, string.Empty).Replace("Wunderproxy-F", "WUNDERPROXY-f", StringComparison.Ordinal),
            _ => Request(forged, string.Empty),
        };
        await using var proxy = PeeredProxy.WithoutUpstream(transport, out var peer);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync(request);

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 503 ").And.Contain("Retry-After: 5\r\n"));
        Assert.That(peer.HasPending, Is.False);
        Assert.That(proxy.Server.Snapshot().Fallback!.Sent, Is.Zero);
        Assert.That(Counts(proxy), Is.EqualTo((Received: 0, NotBelieved: 1)));
    }

    [Test]
    public async Task Header_among_trailers_does_not_reach_the_application()
    {
        await using var proxy = PeeredProxy.Start(transport, out _);
        var (_, upstream, _) = await proxy.BeginAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"0\r\nX-Kept: 1\r\nWunderproxy-Fallback: {ValidHeader()}\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n");

        Assert.That(await upstream.ReadAsync("0\r\nX-Kept: 1\r\n\r\n".Length), Is.EqualTo("0\r\nX-Kept: 1\r\n\r\n"));
    }

    [Test]
    public async Task Two_instances_without_an_upstream_answer_503_after_one_hop()
    {
        await using var second = PeeredProxy.WithoutUpstream(transport, out _);
        await using var first = PeeredProxy.WithoutUpstream(transport, second.EndPoint);
        using var client = await first.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 503 ").And.Contain("Retry-After: 5\r\n"));
        Assert.That((first.Server.Snapshot().Fallback!.Sent, first.Server.Snapshot().Fallback!.Failed), Is.EqualTo((1, 0)));
        Assert.That(Counts(second), Is.EqualTo((Received: 1, NotBelieved: 0)));
        Assert.That(second.Server.Snapshot().Fallback!.Sent, Is.Zero);
    }

    [Test]
    public async Task Two_instances_with_different_keys_answer_503_after_one_hop_too()
    {
        // Each has to know the other's address before it starts.
        var listening = ListenerSet.Bind([new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0))]);
        await using var second = PeeredProxy.WithoutUpstream(
            transport,
            listening.All[0].EndPoint,
            options => options with { Fallback = options.Fallback! with { Key = PeerSignature.KeyOf("another") } });
        await using var first = PeeredProxy.WithoutUpstream(
            transport, second.EndPoint, listeners: listening);
        using var client = await first.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 503 "));
        Assert.That((first.Server.Snapshot().Fallback!.Sent, second.Server.Snapshot().Fallback!.Sent), Is.EqualTo((1, 0)));
        Assert.That(Counts(second), Is.EqualTo((Received: 0, NotBelieved: 1)));
    }

    [TestCase("GET /a?b=c HTTP/1.1\r\nHost: shop.test\r\n")]
    [TestCase("GET http://shop.test/a HTTP/1.1\r\nHost: x\r\n")]
    [TestCase("GET http://shop.test HTTP/1.1\r\nHost: x\r\n")]
    [TestCase("OPTIONS * HTTP/1.1\r\nHost: shop.test\r\n")]
    [TestCase("GET / HTTP/1.0\r\n")]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For:\r\nX-Forwarded-For: 1.2.3.4\r\n")]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Proto: \r\n")]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Forwarded-For, X-Forwarded-Proto\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n")]
    public async Task One_instance_believes_what_the_other_signs(string head)
    {
        await using var second = PeeredProxy.Start(transport, out _, TrustNobody);
        await using var first = PeeredProxy.WithoutUpstream(transport, second.EndPoint);
        using var client = await first.ConnectAsync();

        await client.SendAsync(head + "\r\n");
        var upstream = await second.AcceptAsync();
        var received = await upstream.ReadHeadAsync();
        await upstream.SendAsync(NoContent);

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 204 "));
        Assert.That(Counts(second), Is.EqualTo((Received: 1, NotBelieved: 0)));
        Assert.That(received, Does.Contain(", 127.0.0.1\r\n").And.Not.Contain("Wunderproxy").IgnoreCase);
    }

    [Test]
    public async Task Client_of_a_unix_socket_has_no_address_to_sign()
    {
        await using var second = PeeredProxy.Start(transport, out _, TrustNobody);
        await using var first = PeeredProxy.WithoutUpstream(
            transport,
            second.EndPoint,
            listeners: ListenerSet.Bind([new ListenerOptions(new UnixDomainSocketEndPoint(TemporaryPaths.NewSocketPath()))]));
        using var client = await first.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var upstream = await second.AcceptAsync();
        var head = await upstream.ReadHeadAsync();

        Assert.That(head, Does.Contain("X-Forwarded-For: 127.0.0.1\r\n"));
        Assert.That(Counts(second), Is.EqualTo((Received: 1, NotBelieved: 0)));
    }

    [Test]
    public async Task Key_that_is_read_again_counts_at_once()
    {
        var secret = "old";
        var key = new PeerKey(() => System.Text.Encoding.UTF8.GetBytes(secret));
        await using var proxy = ProxyUnderTest.Start(
            transport, options => TrustNobody(options) with { Fallback = new FallbackOptions([], key) });
        var before = await ForwardAsync(proxy, Request(ValidHeader(), Forwarding));

        secret = PeerSignature.Secret;
        key.Reload();
        var after = await ForwardAsync(proxy, Request(ValidHeader(), Forwarding));

        Assert.That(before, Does.Not.Contain("203.0.113.7"));
        Assert.That(after, Does.Contain(Believed));
    }

    [TestCase(AccessLogFormat.Text, " fallback=sent end=ok ", " fallback=received error=NoUpstream end=proxy ")]
    [TestCase(AccessLogFormat.Json, ",\"wp.fallback\":\"sent\"", ",\"wp.fallback\":\"received\"")]
    public async Task Access_log_marks_both_ends(AccessLogFormat format, string sent, string received)
    {
        var secondLog = new LineSink();
        var firstLog = new LineSink();
        await using (var second = PeeredProxy.WithoutUpstream(transport, out _, LogTo(secondLog)))
        {
            await using var first = PeeredProxy.WithoutUpstream(transport, second.EndPoint, LogTo(firstLog));
            using var client = await first.ConnectAsync();
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.ReadHeadAsync();
        }

        Assert.That(await firstLog.TakeAsync(), Does.Contain(sent));
        Assert.That(await secondLog.TakeAsync(), Does.Contain(received));

        Func<ForwarderOptions, ForwarderOptions> LogTo(LineSink log) =>
            options => options with { AccessLog = log, AccessLogFormat = format };
    }

    private static string ValidHeader() => PeerSignature.Header(forwardedFor: "203.0.113.7", proto: "https");

    private static string Request(string header, string more) =>
        $"GET / HTTP/1.1\r\nHost: a\r\n{more}Wunderproxy-Fallback: {header}\r\n\r\n";

    private static ForwarderOptions TrustNobody(ForwarderOptions options) => options with { TrustNobody = true };

    /// <summary>Has the upstream answer, and returns the head that it saw.</summary>
    private static async Task<string> ForwardAsync(ProxyUnderTest proxy, string request)
    {
        var (client, upstream, head) = await proxy.BeginAsync(request);
        await upstream.SendAsync("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        await client.ReadHeadAsync();
        return head;
    }

    private static (long Received, long NotBelieved) Counts(ProxyUnderTest proxy)
    {
        var counts = proxy.Server.Snapshot().Fallback!;
        return (counts.Received, counts.NotBelieved);
    }
}
