using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Switches, drains, pauses and the end of a server.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class DrainTests(TransportKind transport)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";
    private const string Upgrade = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private const string Switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    [Test]
    public async Task Switch_while_exchange_in_flight_keeps_old_upstream()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        using var second = ScriptedUpstream.Start();
        _ = second.AnswerAllAsync(NoContent);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        var old = proxy.Slot.Switch(new Upstream(second.EndPoint, "second", TimeProvider.System));
        using var other = await proxy.ConnectAsync();
        await other.SendAsync(Get);
        var fromNew = await other.ReadHeadAsync();
        var drain = old!.DrainAsync(Long, Long, CancellationToken.None);
        var before = (drain.IsCompleted, old.InFlight, proxy.Served.Snapshot().Draining.Count);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");

        Assert.Multiple(() =>
        {
            Assert.That(fromNew, Does.StartWith("HTTP/1.1 204 "));
            Assert.That(before, Is.EqualTo((false, 1, 1)));
        });
        Assert.That(await client.ReadThroughAsync("old"), Does.StartWith("HTTP/1.1 200 "));
        Assert.That((await drain).Total, Is.Zero);
        Assert.That(await upstream.WaitForEndAsync(), Is.EqualTo(StreamEnd.Finished), "its connection is not kept");
    }

    [Test]
    public async Task Pooled_connections_of_a_replaced_upstream_are_closed()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync(NoContent);
        await client.ReadHeadAsync();

        proxy.Slot.Switch(null);

        Assert.That(await upstream.WaitForEndAsync(), Is.EqualTo(StreamEnd.Finished));
    }

    [Test]
    public async Task Exchange_without_response_gets_504_at_the_deadline()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, _, _) = await proxy.BeginAsync(Get);

        var told = await proxy.Slot.Switch(null)!.DrainAsync(Short, Long, CancellationToken.None);

        Assert.That(told, Is.EqualTo(new InFlightCounts(1, 0, 0)));
        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 504 "));
    }

    [Test]
    public async Task Response_under_way_is_aborted_at_the_deadline()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
        await client.ReadThroughAsync("abc");

        await proxy.Slot.Switch(null)!.DrainAsync(Short, Long, CancellationToken.None);

        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Event_stream_outlives_the_first_deadline()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 6\r\n\r\nabc");
        await client.ReadThroughAsync("abc");

        var drain = proxy.Slot.Switch(null)!.DrainAsync(TimeSpan.Zero, Long, CancellationToken.None);
        await upstream.SendAsync("def");

        Assert.That(await client.ReadAsync(3), Is.EqualTo("def"));
        Assert.That((await drain).Total, Is.Zero);
    }

    [TestCase(11, true)]
    [TestCase(9, false)]
    public async Task Response_that_ran_longer_than_10_s_at_the_switch_outlives_the_first_deadline(int seconds, bool outlives)
    {
        var clock = new ManualTimeProvider();
        clock.Advance(TimeSpan.FromSeconds(1));
        await using var proxy = ProxyUnderTest.Start(transport, clock: clock);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
        await client.ReadThroughAsync("abc");

        clock.Advance(TimeSpan.FromSeconds(seconds));
        var drain = proxy.Slot.Switch(null)!.DrainAsync(TimeSpan.Zero, Long, CancellationToken.None);
        if (outlives)
        {
            await WaitAsync(() => proxy.Served.Snapshot().Draining.Any(old => old.InFlight.LongLived == 1));
            await upstream.SendAsync("def");
        }

        Assert.That(
            outlives ? await client.ReadAsync(3) : $"{await client.WaitForEndAsync()}",
            Is.EqualTo(outlives ? "def" : nameof(StreamEnd.Reset)));
        Assert.That((await drain).Total, Is.EqualTo(outlives ? 0 : 1));
    }

    [Test]
    public async Task WebSockets_are_closed_spread_over_the_window()
    {
        const int Count = 4;
        var clock = new ManualTimeProvider();
        await using var proxy = ProxyUnderTest.Start(transport, options => options with { Threads = 1 });
        proxy.Slot.Switch(new Upstream(proxy.Application.EndPoint, "spread", clock));
        var closed = 0;
        using var told = new SemaphoreSlim(0);
        var closing = new List<Task>();
        for (var i = 0; i < Count; i++)
        {
            var (client, upstream, _) = await proxy.BeginAsync(Upgrade);
            await upstream.SendAsync(Switching);
            await client.ReadHeadAsync();
            closing.Add(CountCloseAsync(client));
        }

        using var cancelling = new CancellationTokenSource();
        var drain = proxy.Slot.Switch(null)!.DrainAsync(
            TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(100), cancelling.Token);
        var after = new List<(int Seconds, int Closed)>();
        for (var second = 1; second <= 95; second++)
        {
            // One step at a time: the drain has looked at the clock and waits again.
            await clock.WaitForTimersAsync();
            clock.Advance(TimeSpan.FromSeconds(1));
            if (second is 20 or 40 or 60 or 80 or 95)
            {
                await clock.WaitForTimersAsync();
                Assert.That(after.Count == 0 || await told.WaitAsync(Long), $"nobody was told by {second} s");
                after.Add((second, Volatile.Read(ref closed)));
            }
        }

        // Told at 22.5, 45, 67.5 and 90 s: the last tenth of the window is for closing handshakes.
        await cancelling.CancelAsync();
        await ((Task)drain).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(closing);
        Assert.That(after, Is.EqualTo(new[] { (20, 0), (40, 1), (60, 2), (80, 3), (95, 4) }));

        async Task CountCloseAsync(RawConnection client)
        {
            Assert.That(await client.ReadAsync(4), Is.EqualTo("\x88\x02\x03\xf4"));
            Interlocked.Increment(ref closed);
            told.Release();
        }
    }

    [Test]
    public async Task WebSocket_is_closed_with_1012_behind_its_message()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Upgrade);
        await upstream.SendAsync(Switching + "\x81\x04wx");
        await client.ReadThroughAsync("wx");

        var drain = proxy.Slot.Switch(null)!.DrainAsync(Short, Short, CancellationToken.None);
        await WaitAsync(() => drain.IsCompleted || proxy.Served.Snapshot().Draining.Count == 1);
        await upstream.SendAsync("yz\x81\x01!");
        var rest = await client.ReadThroughAsync("\x03\xf4");
        await client.SendAsync("\x88\x82\0\0\0\0\x03\xf4");
        var echo = await upstream.ReadAsync(8);
        upstream.Dispose();

        Assert.That(rest, Is.EqualTo("yz\x81\x01!\x88\x02\x03\xf4").Or.EqualTo("yz\x88\x02\x03\xf4"));
        Assert.That(echo, Is.EqualTo("\x88\x82\0\0\0\0\x03\xf4"));
        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Finished));
        Assert.That((await drain).Total, Is.EqualTo(1));
    }

    [Test]
    public async Task Idle_WebSocket_is_closed_with_1012()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Upgrade);
        await upstream.SendAsync(Switching);
        await client.ReadHeadAsync();

        var drain = proxy.Slot.Switch(null)!.DrainAsync(Short, Short, CancellationToken.None);

        Assert.That(await client.ReadAsync(4), Is.EqualTo("\x88\x02\x03\xf4"));
        client.Dispose();
        await upstream.WaitForEndAsync();
        upstream.Dispose();
        await drain;
    }

    [Test]
    public async Task Other_tunnel_is_closed_at_the_deadline()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Upgrade.Replace("websocket", "other", StringComparison.Ordinal));
        await upstream.SendAsync(Switching.Replace("websocket", "other", StringComparison.Ordinal));
        await client.ReadHeadAsync();

        var told = await proxy.Slot.Switch(null)!.DrainAsync(Short, Short, CancellationToken.None);

        Assert.That(told, Is.EqualTo(new InFlightCounts(0, 0, 1)));
        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Finished));
    }

    [Test]
    public async Task Drain_that_is_cut_short_ends_everything_and_says_what()
    {
        await using var proxy = ProxyUnderTest.Start(transport, options => options with { Threads = 1 });
        var (socket, socketEnd, _) = await proxy.BeginAsync(Upgrade);
        await socketEnd.SendAsync(Switching);
        await socket.ReadHeadAsync();
        var (events, eventsEnd, _) = await proxy.BeginAsync(Get);
        await eventsEnd.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 6\r\n\r\nabc");
        await events.ReadThroughAsync("abc");
        var (waiting, _, _) = await proxy.BeginAsync(Get);

        var old = proxy.Slot.Switch(null)!;
        var drain = old.DrainAsync(Long, Long, CancellationToken.None);
        var held = old.CountInFlight();
        var ending = old.EndInFlightAsync(CancellationToken.None);
        var close = await socket.ReadAsync(4);
        socket.Dispose();
        await socketEnd.WaitForEndAsync();
        socketEnd.Dispose();

        Assert.That(held, Is.EqualTo(new InFlightCounts(1, 1, 1) { EventStreams = 1 }));
        Assert.That(await ending, Is.EqualTo(held));
        Assert.That(close, Is.EqualTo("\x88\x02\x03\xf4"));
        Assert.That(await waiting.ReadHeadAsync(), Does.StartWith("HTTP/1.1 504 "));
        Assert.That(await events.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
        Assert.That((await drain).Total, Is.Zero, "the drain itself had to end nobody");
        Assert.That(old.CountInFlight().Total, Is.Zero);
    }

    [Test]
    public async Task Upstream_that_is_in_service_again_is_not_cut_short()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        var old = proxy.Slot.Switch(null)!;
        proxy.Slot.Switch(old);
        var ending = old.EndInFlightAsync(CancellationToken.None);
        await upstream.SendAsync(NoContent);

        Assert.That(await client.ReadHeadAsync(), Is.EqualTo(NoContent));
        Assert.That(await ending, Is.EqualTo(default(InFlightCounts)));
    }

    [Test]
    public async Task Cancelled_drain_closes_nothing()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        using var cancelling = new CancellationTokenSource();

        var old = proxy.Slot.Switch(null)!;
        var drain = old.DrainAsync(Long, Long, cancelling.Token);
        await cancelling.CancelAsync();
        Assert.That(async () => await drain, Throws.InstanceOf<OperationCanceledException>());
        proxy.Slot.Switch(old);
        await upstream.SendAsync(NoContent);

        Assert.That(await client.ReadHeadAsync(), Is.EqualTo(NoContent));
        await client.SendAsync(Get);
        Assert.That(await upstream.ReadHeadAsync(), Does.StartWith("GET "), "its connections are kept again");
    }

    [Test]
    public async Task Paused_request_waits_and_goes_to_the_upstream_of_the_resume()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        using var second = ScriptedUpstream.Start();
        _ = second.AnswerAllAsync(NoContent);
        using var client = await proxy.ConnectAsync();

        proxy.Served.Pause();
        await client.SendAsync(Get);
        await WaitAsync(() => proxy.Served.Snapshot().PausedRequests == 1);
        proxy.Slot.Switch(new Upstream(second.EndPoint, "second", TimeProvider.System));
        proxy.Served.Resume();

        Assert.That(await client.ReadHeadAsync(), Is.EqualTo(NoContent));
        Assert.That(proxy.Served.Snapshot().PausedRequests, Is.Zero);
    }

    [Test]
    public async Task Pause_that_lasts_too_long_or_has_a_full_queue_is_503()
    {
        await using var proxy = ProxyUnderTest.Start(
            transport, served: new ApplicationOptions { PauseTimeout = TimeSpan.FromSeconds(1), PauseQueue = 1 });
        using var first = await proxy.ConnectAsync();
        using var second = await proxy.ConnectAsync();

        proxy.Served.Pause();
        await first.SendAsync(Get);
        await WaitAsync(() => proxy.Served.Snapshot().PausedRequests == 1);
        await second.SendAsync(Get);

        Assert.That(await second.ReadHeadAsync(), Does.StartWith("HTTP/1.1 503 ").And.Contain("Retry-After: "));
        Assert.That(await first.ReadHeadAsync(), Does.StartWith("HTTP/1.1 503 ").And.Contain("Retry-After: "));
    }

    [Test]
    public async Task Paused_client_that_goes_away_leaves_the_queue()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var client = await proxy.ConnectAsync();

        proxy.Served.Pause();
        await client.SendAsync(Get);
        await WaitAsync(() => proxy.Served.Snapshot().PausedRequests == 1);
        client.Dispose();

        await WaitAsync(() => proxy.Served.Snapshot().PausedRequests == 0);
    }

    [Test]
    public async Task Shutdown_says_close_then_drains()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        using var idle = await proxy.ConnectAsync();
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        proxy.Server.BeginShutdown();
        await proxy.Server.CloseListenersAsync();
        var drain = proxy.Server.DrainAsync(Long, Long, CancellationToken.None);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.Contain("Connection: close\r\n"));
        client.Dispose();
        Assert.That(await idle.WaitForEndAsync(), Is.EqualTo(StreamEnd.Finished));
        await drain.WaitAsync(Long);
        Assert.That(async () => await proxy.ConnectAsync(), Throws.InstanceOf<System.Net.Sockets.SocketException>());
    }

    [Test]
    public async Task Server_drain_cuts_off_what_is_left()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Get);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
        await client.ReadThroughAsync("abc");

        await proxy.Server.DrainAsync(Short, Short, CancellationToken.None).WaitAsync(Long);

        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Server_drain_cuts_off_a_client_that_lingers_behind_a_refusal()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        proxy.Slot.Switch(null);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nbad\r\n\r\n");
        await client.ReadHeadAsync();

        await proxy.Server.DrainAsync(Short, TimeSpan.Zero, CancellationToken.None).WaitAsync(Long);

        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Finished).Or.EqualTo(StreamEnd.Reset));
        await WaitAsync(() => proxy.Server.Snapshot().Connections is { Active: 0, Idle: 0, New: 0 });
    }

    [Test]
    public async Task Request_begun_after_a_switch_never_goes_to_the_old_upstream()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        using var second = ScriptedUpstream.Start();
        _ = proxy.Application.AnswerAllAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n0");
        _ = second.AnswerAllAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
        using var client = await proxy.ConnectAsync();
        var endPoints = new[] { proxy.Application.EndPoint, second.EndPoint };

        for (var round = 0; round < 200; round++)
        {
            var expected = round % 2;
            proxy.Slot.Switch(new Upstream(endPoints[expected], "next", TimeProvider.System));
            await client.SendAsync(Get);
            await client.ReadHeadAsync();
            Assert.That(await client.ReadAsync(1), Is.EqualTo($"{expected}"));
        }
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Long);
        while (!condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
