using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Tests.Exchanges;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Tests.Upstreams;

/// <summary>The endpoints of an upstream are replaced as one, under exchanges that lease the upstream.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class UpstreamEndpointsTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public void Upstream_without_endpoints_is_refused()
    {
        var upstream = new Upstream([Create(1)], "one", TimeProvider.System);

        Assert.Throws<ArgumentException>(() => _ = new Upstream([], "none", TimeProvider.System));
        Assert.Throws<ArgumentException>(() => upstream.ReplaceEndpoints([]));
        Assert.That(upstream.Endpoints, Has.Count.EqualTo(1));
    }

    [Test]
    public void Exchange_ends_where_it_began_when_its_endpoint_leaves()
    {
        var (proxy, upstream, tried) = Start(Create(1));
        var (client, first) = proxy.Begin(Get);

        upstream.ReplaceEndpoints([Create(2)]);
        var (other, second) = proxy.Begin(Get);
        var during = upstream.InFlight;
        proxy.Send(first, NoContent);
        proxy.Send(second, NoContent);

        Assert.That(tried, Is.EqualTo(new[] { 1, 2 }));
        Assert.That((proxy.Received(client), proxy.Received(other)), Is.EqualTo((NoContent, NoContent)));
        Assert.That((during, upstream.InFlight), Is.EqualTo((2, 0)));
        Assert.That(upstream.Snapshot().Traffic.Requests, Is.EqualTo(2), "one upstream, whatever its endpoints");
        Assert.That(first.CloseReason, Is.Not.EqualTo(CloseReason.None), "not kept for another exchange");
        Assert.That(second.CloseReason, Is.EqualTo(CloseReason.None));
    }

    [Test]
    public void Drain_waits_for_exchanges_of_endpoints_that_left()
    {
        var (proxy, upstream, _) = Start(Create(1));
        var (_, first) = proxy.Begin(Get);

        upstream.ReplaceEndpoints([Create(2)]);
        proxy.Slot.Switch(null);
        var drained = upstream.WhenEmptyAsync();
        var before = drained.IsCompleted;
        proxy.Send(first, NoContent);

        Assert.That((before, drained.IsCompleted), Is.EqualTo((false, true)));
    }

    [Test]
    public void Endpoint_that_stays_keeps_its_connections_and_one_that_leaves_loses_them()
    {
        var staying = Create(1);
        var (proxy, upstream, tried) = Start(staying);
        var (client, connection) = proxy.Begin(Get);
        proxy.Send(connection, NoContent);

        upstream.ReplaceEndpoints([staying, Create(2)]);
        proxy.Send(client, Get);
        proxy.Send(connection, NoContent);
        var whileStaying = connection.CloseReason;
        upstream.ReplaceEndpoints([Create(2)]);
        proxy.Loop.RunUntilIdle();

        Assert.That(tried, Is.EqualTo(new[] { 1 }), "the second request went over the open connection");
        Assert.That(whileStaying, Is.EqualTo(CloseReason.None));
        Assert.That(connection.CloseReason, Is.Not.EqualTo(CloseReason.None));
    }

    [Test]
    public void Endpoint_of_an_upstream_out_of_service_keeps_no_connections_until_it_is_back()
    {
        var slot = new UpstreamSlot();
        var upstream = new Upstream([Create(1)], "one", TimeProvider.System);
        var added = Create(2);
        slot.Switch(upstream);

        slot.Switch(null);
        upstream.ReplaceEndpoints([added]);
        var whileReplaced = added.KeepsIdle;
        slot.Switch(upstream);

        Assert.That((whileReplaced, added.KeepsIdle), Is.EqualTo((false, true)));
    }

    /// <summary>Two loops lease and choose as fast as they can while the endpoints are replaced and the slot is switched.</summary>
    [Test]
    public async Task No_exchange_chooses_an_endpoint_that_has_left_and_none_escapes_the_drain()
    {
        const int Rounds = 2_000;
        await using var loops = TransportFactory.Create(TransportKind.Auto, 2, NullLoggerFactory.Instance, TimeProvider.System);
        var slot = new UpstreamSlot();
        var upstream = new Upstream([Create(1)], "replaced", TimeProvider.System);
        slot.Switch(upstream);
        var oldest = 1;
        var tooOld = 0;

        var workers = loops.Loops.Select(loop => OnLoopAsync(loop, () =>
        {
            var lease = new UpstreamLease(new Holder());
            var chosen = 0;
            while (lease.TryTake(slot, loop))
            {
                var bound = Volatile.Read(ref oldest);
                var endpoint = lease.Part!.Upstream.ChooseEndpoint();
                Interlocked.Add(ref tooOld, ((IPEndPoint)endpoint.Address).Port < bound ? 1 : 0);
                lease.Release();
                chosen++;
            }

            return chosen;
        })).ToArray();
        for (var port = 2; port < Rounds; port++)
        {
            upstream.ReplaceEndpoints([Create(port)]);
            Volatile.Write(ref oldest, port);
        }

        slot.Switch(null);
        await upstream.WhenEmptyAsync().WaitAsync(Patience);
        await Task.WhenAll(workers).WaitAsync(Patience);

        Assert.That(tooOld, Is.Zero);
        Assert.That(upstream.InFlight, Is.Zero);
    }

    private static (MemoryProxy Proxy, Upstream Upstream, List<int> Tried) Start(Endpoint endpoint)
    {
        var proxy = new MemoryProxy();
        var connect = proxy.Loop.Connector;
        var tried = new List<int>();
        proxy.Loop.Connector = address =>
        {
            tried.Add(((IPEndPoint)address).Port);
            return connect(address);
        };
        var upstream = new Upstream([endpoint], "replaced", proxy.Clock);
        proxy.Slot.Switch(upstream);
        return (proxy, upstream, tried);
    }

    private static Endpoint Create(int port) => new(new IPEndPoint(IPAddress.Loopback, port), TimeProvider.System);

    private static Task<T> OnLoopAsync<T>(TransportLoop loop, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(_ => done.SetResult(work()), null);
        return done.Task;
    }

    private sealed class Holder : ILeaseHolder
    {
        public void OnDrainDeadline()
        {
            // Nothing to end: these leases are given back at once.
        }
    }
}
