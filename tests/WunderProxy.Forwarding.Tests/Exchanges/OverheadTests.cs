using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges;
using WunderProxy.Forwarding.Statistics;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>What the proxy adds to a request, how long requests wait, and which connections it holds.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class OverheadTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";

    [Test]
    public void Overhead_is_the_time_in_the_turns_of_head_and_end_and_not_between_them()
    {
        var clock = new ManualTimeProvider();
        var loop = new MemoryLoop(clock);
        var phases = new ExchangePhases(loop);
        loop.RunUntilIdle();
        phases.Begin();
        clock.Advance(TimeSpan.FromMilliseconds(2));
        phases.OnHeadRead();
        var began = Microseconds(clock);

        clock.Advance(TimeSpan.FromSeconds(5));
        loop.RunUntilIdle();
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.That(phases.OverheadOf(began, Microseconds(clock) - began), Is.EqualTo(3000));
    }

    [Test]
    public void Answered_request_is_counted_and_one_without_an_upstream_is_not()
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin(Get);
        proxy.Pass(TimeSpan.FromSeconds(3));
        proxy.Send(upstream, NoContent);
        proxy.Slot.Switch(null);
        proxy.Send(client, Get);

        var counters = StatisticsKeeper.CountersOf(proxy.Served);

        Assert.That(proxy.Received(client), Does.Contain("HTTP/1.1 503 "));
        Assert.That((counters.Overhead.Count, counters.Overhead.Counts[0]), Is.EqualTo((1L, 1L)), "3 s were the upstream's");
    }

    [Test]
    public void Request_that_waited_for_the_end_of_a_pause_is_counted_with_its_wait()
    {
        var proxy = new MemoryProxy();
        proxy.Served.Pause();
        var client = proxy.Connect();
        proxy.Send(client, Get);
        proxy.Pass(TimeSpan.FromSeconds(4));
        proxy.Served.Resume();
        proxy.Loop.RunUntilIdle();
        proxy.Send(proxy.Upstreams[^1], NoContent);

        var waits = StatisticsKeeper.CountersOf(proxy.Served).QueueWait;

        Assert.That((waits.Count, waits.Sum), Is.EqualTo((1L, 4.0)));
        Assert.That(proxy.Received(client), Is.EqualTo(NoContent));
    }

    [Test]
    public void Connection_to_the_upstream_is_active_then_idle_then_gone()
    {
        var proxy = new MemoryProxy();
        var (_, upstream) = proxy.Begin(Get);

        var during = proxy.Slot.Current!.CountConnections();
        proxy.Send(upstream, NoContent);
        var after = proxy.Slot.Current.CountConnections();
        proxy.Pass(TimeSpan.FromMilliseconds(EndpointPool.MaxIdleMilliseconds + 1000));

        Assert.That((during, after), Is.EqualTo((new UpstreamConnectionCounts(1, 0), new UpstreamConnectionCounts(0, 1))));
        Assert.That(proxy.Slot.Current.CountConnections(), Is.EqualTo(default(UpstreamConnectionCounts)));
    }

    private static long Microseconds(TimeProvider clock) => clock.GetElapsedTime(0).Ticks / TimeSpan.TicksPerMicrosecond;
}
