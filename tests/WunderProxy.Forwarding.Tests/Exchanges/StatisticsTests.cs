using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Statistics;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>What is counted.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class StatisticsTests(TransportKind transport)
{
    private const int DateLineBytes = 37;

    [Test]
    public async Task Exchange_is_counted_once_for_upstream_application_and_total()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var (during, upstreamDuring) = (proxy.Server.Snapshot(), proxy.Served.Snapshot().Upstream!);
        await upstream.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
        await client.ReadThroughAsync("no");

        var after = await AfterRequestsAsync(proxy, 1);
        var served = proxy.Served.Snapshot();
        var traffic = served.Upstream!.Traffic;

        Assert.Multiple(() =>
        {
            Assert.That(upstreamDuring.InFlight, Is.EqualTo(new InFlightCounts(1, 0, 0)));
            Assert.That(during.Connections.Active, Is.EqualTo(1));
            Assert.That(served.Upstream.InFlight.Total, Is.Zero);
            Assert.That(after.Connections.Idle, Is.EqualTo(1));
            Assert.That(traffic.Status.Codes, Is.EqualTo(new Dictionary<int, long> { [404] = 1 }));
            Assert.That(traffic.Status.Classes["4xx"], Is.EqualTo(1));
            Assert.That(traffic.ResponseTimes.Max, Is.GreaterThan(0));
            Assert.That(served.Traffic.Status.Codes, Is.EqualTo(traffic.Status.Codes));
            Assert.That(after.Total.BytesIn, Is.EqualTo(27));
            Assert.That(after.Total.BytesOut, Is.EqualTo(47 + DateLineBytes));
            Assert.That(after.AcceptedConnections, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Refused_connect_counts_as_gateway_error()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        proxy.Application.Dispose();
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadHeadAsync();

        var snapshot = await AfterRequestsAsync(proxy, 1);

        Assert.That((snapshot.Total.GatewayErrors, snapshot.Total.Status.Codes[502]), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task Exchange_is_in_one_duration_and_active_while_it_lasts()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
        var during = proxy.Served.Active;
        await upstream.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
        await client.ReadThroughAsync("no");
        var after = await AfterRequestsAsync(proxy, 1);
        var used = StatisticsKeeper.CountersOf(proxy.Slot.Current!);
        var served = StatisticsKeeper.CountersOf(proxy.Served);

        Assert.Multiple(() =>
        {
            Assert.That(during, Is.EqualTo(new[] { new ActiveRequests("PUT", "http", 1) }));
            Assert.That(proxy.Served.Active, Is.Empty);
            Assert.That(
                used.Durations.Sets.Select(set => (set.Labels, set.Seconds.Count)),
                Is.EqualTo(new[] { (new RequestLabels("PUT", 404, "http", "1.1", null), 1L) }));
            Assert.That(served.Durations.Sets.Concat(proxy.Server.Statistics.UnroutedCounters.Durations.Sets), Is.Empty);
            Assert.That((served.RequestBodies.Count, served.RequestBodies.Sum), Is.EqualTo((1, 4)));
            Assert.That((served.ResponseBodies.Count, served.ResponseBodies.Sum), Is.EqualTo((1, 2)));
            Assert.That((used.UpstreamHead.Count, used.UpstreamEnd.Count), Is.EqualTo((1, 1)));
            Assert.That(after.Listeners, Is.EqualTo(new[] { new ListenerCounts("proxy", 1, 0) }));
        });
    }

    [Test]
    public async Task Refused_connect_counts_with_its_reason()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        proxy.Application.Dispose();
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        await client.ReadHeadAsync();
        await AfterRequestsAsync(proxy, 1);

        var used = StatisticsKeeper.CountersOf(proxy.Slot.Current!);

        Assert.Multiple(() =>
        {
            Assert.That(used.ConnectFailures[ConnectFailure.Refused], Is.EqualTo(1));
            Assert.That(StatisticsKeeper.CountersOf(proxy.Served).ConnectFailures.Values.Sum(), Is.EqualTo(1));
            Assert.That(
                used.Durations.Sets.Select(set => set.Labels),
                Is.EqualTo(new[] { new RequestLabels("GET", 502, "http", "1.0", "ConnectRefused") }));
        });
    }

    [Test]
    public async Task Refused_request_counts_at_the_server()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        using (var client = await proxy.ConnectAsync())
        {
            await client.SendAsync("nonsense\r\n\r\n");
            await client.ReadHeadAsync();
        }

        await AfterRequestsAsync(proxy, 1);

        Assert.That(
            proxy.Server.Statistics.UnroutedCounters.Durations.Sets.Select(set => set.Labels),
            Is.EqualTo(new[] { new RequestLabels("_OTHER", 400, "http", string.Empty, "Rejected") }));
    }

    [Test]
    public async Task Stale_connection_and_the_second_try_are_counted()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        var (client, upstream, _) = await proxy.BeginAsync("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await client.ReadThroughAsync("ok");
        await client.SendAsync("GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
        await upstream.ReadHeadAsync();
        upstream.Dispose();
        var next = await proxy.Application.AcceptAsync();
        await next.ReadHeadAsync();
        await next.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await client.ReadThroughAsync("ok");
        await AfterRequestsAsync(proxy, 2);

        var used = StatisticsKeeper.CountersOf(proxy.Slot.Current!);

        Assert.That((used.StaleConnections, used.Retries), Is.EqualTo((1, 1)));
        Assert.That(used.Durations.Sets.Sum(set => set.Seconds.Count), Is.EqualTo(2));
    }

    [Test]
    public async Task Failed_exchanges_are_told_by_cause_and_good_ones_are_not()
    {
        await using var proxy = ProxyUnderTest.Start(transport);
        await AnswerAsync("200 OK");
        await AnswerAsync("500 Oops");
        proxy.Application.Dispose();
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadHeadAsync();
        await AfterRequestsAsync(proxy, 3);

        var failures = proxy.Served.ReadFailures(TimeProvider.System.GetUtcNow());

        Assert.That(
            failures.Select(count => (count.Failure.Cause, count.Failure.Side, count.Failure.Phase, count.Failure.Status, count.Count)),
            Is.EquivalentTo(new[]
            {
                ("application_error", "application", "response_head", 500, 1L),
                ("connect_refused", "application", "connect", 502, 1L),
            }));

        async Task AnswerAsync(string status)
        {
            var (own, upstream, _) = await proxy.BeginAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            using (own)
            using (upstream)
            {
                await upstream.SendAsync($"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
                await own.ReadThroughAsync("ok");
            }
        }
    }

    private static async Task<ForwarderSnapshot> AfterRequestsAsync(ProxyUnderTest proxy, long count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (true)
        {
            var snapshot = proxy.Server.Snapshot();
            if (snapshot.Total.Requests >= count && snapshot.Connections.Active == 0)
            {
                return snapshot;
            }

            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
