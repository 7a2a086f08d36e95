using WunderProxy.Forwarding.Diagnostics;
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
