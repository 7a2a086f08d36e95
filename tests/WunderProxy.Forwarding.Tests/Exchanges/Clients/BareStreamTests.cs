using System.Text;
using WunderProxy.Forwarding.Exchanges;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Exchanges.Clients;

/// <summary>Exchanges are served on a kind of stream that is not HTTP/1, by everything that serves HTTP/1.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class BareStreamTests
{
    private const string Get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Post = "POST /a HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b\r\nConnection: close\r\n\r\nok";

    [Test]
    public void Answer_is_passed_on_as_lines_and_bare_bytes()
    {
        var proxy = new MemoryProxy();
        var stream = Begin(proxy, Get);

        proxy.Send(proxy.Upstreams[0], Answer);

        Assert.Multiple(() =>
        {
            Assert.That(proxy.Received(proxy.Upstreams[0]), Does.Contain("X-Forwarded-Proto: https").And.Contain("X-Forwarded-For: 192.0.2.7"));
            Assert.That((stream.Status, stream.Received(), stream.IsComplete), Is.EqualTo((200, "ok", true)));
            Assert.That(stream.Lines, Is.EqualTo(new[] { "a: b" }));
            Assert.That(proxy.Served.Snapshot().Traffic.Requests, Is.EqualTo(1));
        });
    }

    [Test]
    public void Body_of_unknown_length_goes_up_in_chunks_and_ends_with_the_stream()
    {
        var proxy = new MemoryProxy();
        var stream = Begin(proxy, Post, hasBody: true);

        proxy.Loop.Run(() => stream.Send("abc"));
        var first = proxy.Received(proxy.Upstreams[0]);
        proxy.Loop.Run(stream.EndRequest);
        proxy.Send(proxy.Upstreams[0], Answer);
        var all = proxy.Received(proxy.Upstreams[0]);

        Assert.That(first, Does.Contain("Transfer-Encoding: chunked").And.EndWith("3\r\nabc\r\n"));
        Assert.That(all, Does.EndWith("3\r\nabc\r\n0\r\n\r\n"));
        Assert.That((stream.Status, stream.Progress), Is.EqualTo((200, ClientProgress.Answering)));
    }

    [Test]
    public void Streams_have_deadlines_of_their_own()
    {
        var proxy = new MemoryProxy();
        var silent = Begin(proxy, Post, hasBody: true);
        var lively = Begin(proxy, Post, hasBody: true);

        proxy.Pass(TimeSpan.FromSeconds(20));
        proxy.Loop.Run(() => lively.Send("abc"));
        proxy.Pass(TimeSpan.FromSeconds(20));

        Assert.That((silent.Status, lively.Status, lively.Progress), Is.EqualTo((408, 0, ClientProgress.ReadingBody)));
    }

    [Test]
    public void Interim_answers_and_tunnels_may_be_declined()
    {
        var proxy = new MemoryProxy();
        var interim = Begin(proxy, Get);
        var upgrade = Begin(proxy, "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");

        proxy.Send(proxy.Upstreams[0], $"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n{Answer}");
        proxy.Send(proxy.Upstreams[1], "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");

        Assert.That((interim.Status, interim.Received()), Is.EqualTo((200, "ok")));
        Assert.That(interim.Lines, Is.EqualTo(new[] { "a: b" }));
        Assert.That((upgrade.Status, upgrade.IsComplete), Is.EqualTo((502, true)));
        Assert.That(upgrade.Lines, Does.Contain("proxy-status: wunderproxy; error=http_upgrade_failed"));
    }

    [Test]
    public void Reset_of_one_stream_ends_its_exchange_and_no_other()
    {
        var proxy = new MemoryProxy();
        var reset = Begin(proxy, Get);
        var other = Begin(proxy, Get);

        proxy.Loop.Run(reset.ResetByClient);
        proxy.Send(proxy.Upstreams[1], Answer);

        Assert.That((reset.AbortedFor, proxy.Upstreams[0].CloseReason), Is.EqualTo((ForwardError.ClientGone, CloseReason.RemoteReset)));
        Assert.That((other.Status, other.IsComplete), Is.EqualTo((200, true)));
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
    }

    [Test]
    public void Response_that_breaks_off_aborts_the_stream()
    {
        var proxy = new MemoryProxy();
        var stream = Begin(proxy, Get);

        proxy.Send(proxy.Upstreams[0], "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
        proxy.Loop.Run(proxy.Upstreams[0].ShutdownSend);

        Assert.That((stream.Received(), stream.IsComplete, stream.AbortedFor), Is.EqualTo(("ab", false, ForwardError.ResponseIncomplete)));
    }

    [Test]
    public void Large_body_goes_through_memory_where_the_kernel_has_no_way()
    {
        const int Length = 200_000;
        var proxy = new MemoryProxy(capacityBytes: 4 * Length);
        var stream = Begin(proxy, Get);
        var body = new StringBuilder();

        proxy.Send(proxy.Upstreams[0], $"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\n\r\n{new string('a', Length)}");
        while (stream.Take(proxy.Loop) is { Length: > 0 } part)
        {
            body.Append(part);
        }

        Assert.That((body.Length, stream.IsComplete), Is.EqualTo((Length, true)));
    }

    [Test]
    public void Body_of_unknown_length_that_is_held_goes_up_with_its_length()
    {
        var proxy = new MemoryProxy(
            options => options with { Buffers = new BufferOptions() }, served: new ApplicationOptions { BuffersRequests = true });
        var stream = Begin(proxy, Post, hasBody: true);

        proxy.Loop.Run(() => stream.Send("abc"));
        Assert.That(proxy.Upstreams, Is.Empty);
        proxy.Loop.Run(stream.EndRequest);

        Assert.That(proxy.Received(proxy.Upstreams[0]), Does.Contain("\r\nContent-Length: 3\r\n").And.EndWith("\r\n\r\nabc"));
        proxy.Send(proxy.Upstreams[0], Answer);
        Assert.That((stream.Status, stream.IsComplete), Is.EqualTo((200, true)));
    }

    [Test]
    public void Stream_that_is_reset_before_its_end_is_never_a_whole_body_that_is_held()
    {
        var proxy = new MemoryProxy(
            options => options with { Buffers = new BufferOptions() }, served: new ApplicationOptions { BuffersRequests = true });
        var stream = Begin(proxy, Post, hasBody: true);
        proxy.Loop.Run(() => stream.Send("abc"));

        proxy.Loop.Run(stream.ResetByClient);

        Assert.That((stream.AbortedFor, proxy.Upstreams.Count), Is.EqualTo((ForwardError.ClientGone, 0)));
        Assert.That(proxy.Context.Settings.Buffers!.Snapshot().Memory, Is.Zero);
    }

    private static BareStream Begin(MemoryProxy proxy, string head, bool hasBody = false)
    {
        var stream = new BareStream(proxy.Loop);
        var exchanges = new ExchangePool(proxy.Context, () => stream);
        stream.Begin(head, hasBody);
        proxy.Loop.Run(() => _ = proxy.Context.Runner.RunAsync(exchanges.Rent()).AsTask());
        return stream;
    }
}
