using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Upgrades and what goes through them.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class TunnelTests(TransportKind transport)
{
    private const string Upgrade =
        "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    private const string Switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

    [Test]
    public async Task Upgrade_carries_early_and_late_bytes_both_ways()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, head) = await proxy.BeginAsync(Upgrade + "early");

        await upstream.SendAsync(Switching + "hello");
        var answer = await client.ReadHeadAsync();
        var down = await client.ReadAsync(5);
        var up = await upstream.ReadAsync(5);
        await client.SendAsync("ping");

        Assert.Multiple(() =>
        {
            Assert.That(head, Does.Contain("Upgrade: websocket\r\nConnection: Upgrade\r\n"));
            Assert.That(answer, Is.EqualTo(Switching));
            Assert.That((down, up), Is.EqualTo(("hello", "early")));
        });
        Assert.That(await upstream.ReadAsync(4), Is.EqualTo("ping"));
        Assert.That(proxy.Server.Snapshot().Connections.Upgraded, Is.EqualTo(1));
    }

    [Test]
    public async Task Half_close_is_passed_on_and_the_other_way_goes_on()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Upgrade);
        await upstream.SendAsync(Switching);
        await client.ReadHeadAsync();

        client.ShutdownSend();
        var end = await upstream.WaitForEndAsync();
        await upstream.SendAsync("rest");
        upstream.Dispose();

        Assert.That(end, Is.EqualTo(StreamEnd.Finished));
        Assert.That(await client.ReadToEndAsync(), Is.EqualTo(("rest", StreamEnd.Finished)));
    }

    [Test]
    public async Task Upgrade_that_ends_at_once_reaches_the_client()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Upgrade);

        await upstream.SendAsync(Switching);
        upstream.ShutdownSend();
        var answer = await client.ReadHeadAsync();
        var end = await client.WaitForEndAsync();

        Assert.That((answer, end), Is.EqualTo((Switching, StreamEnd.Finished)));
    }

    [Test]
    public async Task Client_that_resets_while_the_upgrade_is_answered_leaves_nothing_behind()
    {
        await using var proxy = ProxyUnderTest.Start(transport);

        // Only when both come in one turn of the loop is it seen too late for the one and too early for the other.
        for (var round = 0; round < 100; round++)
        {
            var (client, upstream, _) = await proxy.BeginAsync(Upgrade);
            var sending = Task.Run(() => upstream.SendAsync(Switching));
            await Task.Run(client.Reset);

            // It fails when the proxy was faster.
            await sending.ContinueWith(static sent => sent.Exception, TaskScheduler.Default);
            var end = await upstream.WaitForEndAsync();

            Assert.That(end, sending.IsCompletedSuccessfully ? Is.EqualTo(StreamEnd.Reset) : Is.Not.Null);
        }
    }

    [Test]
    public async Task What_the_upstream_has_ended_is_closed_at_once_by_a_drain()
    {
        var clock = new ManualTimeProvider();
        await using var proxy = ProxyUnderTest.Start(transport, clock: clock);
        var (client, upstream, _) = await proxy.BeginAsync(Upgrade);
        await upstream.SendAsync(Switching);
        await client.ReadHeadAsync();
        upstream.ShutdownSend();
        var end = await client.WaitForEndAsync();

        // The loops' clock stands still: nothing but the drain can end it.
        var told = await proxy.Slot.Switch(null)!.DrainAsync(TimeSpan.Zero, TimeSpan.Zero, CancellationToken.None);

        Assert.That((told, end), Is.EqualTo((new InFlightCounts(0, 0, 1), StreamEnd.Finished)));
        Assert.That(await upstream.WaitForEndAsync(), Is.EqualTo(StreamEnd.Finished));
    }

    [Test]
    public async Task Reset_of_one_side_resets_the_other()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Upgrade);
        await upstream.SendAsync(Switching);
        await client.ReadHeadAsync();

        upstream.Reset();

        Assert.That(await client.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task Unasked_101_is_502()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        await upstream.SendAsync(Switching);

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 502 ").And.Contain("http_upgrade_failed"));
    }

    [TestCase("websocket", "other")]
    [TestCase("websocket", "websocket, other")]
    [TestCase("a/1", "a/2")]
    [TestCase("websocket", "")]
    public async Task Switch_to_what_was_not_offered_is_502(string offered, string chosen)
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Upgrade.Replace("websocket", offered, StringComparison.Ordinal));

        await upstream.SendAsync(Switching.Replace("websocket", chosen, StringComparison.Ordinal));

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 502 ").And.Contain("http_upgrade_failed"));
        Assert.That(await upstream.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
    }

    [TestCase("websocket", "WebSocket")]
    [TestCase("a/1, b/2", "b/2")]
    public async Task Switch_to_one_of_the_offered_is_passed_on(string offered, string chosen)
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync(Upgrade.Replace("websocket", offered, StringComparison.Ordinal));

        await upstream.SendAsync(Switching.Replace("websocket", chosen, StringComparison.Ordinal) + "hello");

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 101 ").And.Contain($"Upgrade: {chosen}\r\n"));
        Assert.That(await client.ReadAsync(5), Is.EqualTo("hello"));
    }

    [TestCase("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n")]
    [TestCase("GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    public async Task Upgrade_that_may_not_pass_is_removed(string request)
    {
        await using var proxy = ProxyUnderTest.Start(transport);

        var (_, _, head) = await proxy.BeginAsync(request);

        Assert.That(head, Does.Not.Contain("Upgrade").And.Not.Contain("HTTP2"));
    }
}
