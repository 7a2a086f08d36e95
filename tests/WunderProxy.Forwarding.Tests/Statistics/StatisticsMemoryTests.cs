using System.Net;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Statistics;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Statistics;

/// <summary>What statistics take of memory: of many applications, so that others of the process do not count.</summary>
[NonParallelizable]
internal sealed class StatisticsMemoryTests
{
    private const int LoopCount = 2;

    private readonly ManualTimeProvider _clock = new();

    [Test]
    public void Application_never_asked_takes_next_to_nothing() =>
        Assert.That(BytesOf(applications: 100, exchanges: 0, hours: 0), Is.LessThan(2 * 1024));

    [Test]
    public void Idle_application_takes_less_than_32_KiB() =>
        Assert.That(BytesOf(applications: 20, exchanges: 300, hours: 1), Is.LessThan(32 * 1024));

    [Test]
    public void Busy_application_takes_less_than_a_megabyte()
    {
        var bytes = BytesOf(applications: 2, exchanges: 20, hours: 1, isBusy: true);

        Assert.That(bytes, Is.LessThan(1024 * 1024));
    }

    private static void Serve(TrafficStats application, TrafficStats upstream, int exchanges)
    {
        // From 1 ms to 0.2 s, as an application that has fast and slow pages.
        for (var exchange = 0; exchange < exchanges; exchange++)
        {
            var ticks = (long)(10_000 * Math.Exp(Random.Shared.NextDouble() * 5.3));
            var status = (exchange % 20) switch { 0 => 404, 1 => 302, 2 => 500, _ => 200 };
            application.CountExchange(status, ticks / TimeSpan.TicksPerMicrosecond);
            application.CountBodies(0, 1_000);
            upstream.CountExchange(status, ticks / TimeSpan.TicksPerMicrosecond);
            upstream.CountUpstreamHead(1);
            upstream.CountUpstreamEnd(1);
            var key = new RequestKey(status, 1, isHttps: false, version: 2, error: 0);
            (upstream.Durations.Find(key.Value) ?? upstream.Durations.Add(key.Value, key.ToLabels(null))).Ticks.Count(ticks);
        }
    }

    /// <summary>Returns how much more memory an application takes with statistics than before it was asked anything.</summary>
    private long BytesOf(int applications, int exchanges, int hours, bool isBusy = false)
    {
        MemoryLoop[] loops = [.. Enumerable.Range(0, LoopCount).Select(index => new MemoryLoop(_clock, index: index))];
        ProxyApplication[] all = [.. Enumerable.Range(0, applications).Select(_ => NewApplication())];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var keeper = new StatisticsKeeper(
            _clock, new StatisticsSources(() => all, () => [], () => new ServerGauges(default, 0, 0, 0)));
        keeper.Start();
        ServeAll();
        for (var second = 0; second < (hours * 3600) + 2; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            if (isBusy)
            {
                ServeAll();
            }
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / applications;
        TestContext.Out.WriteLine($"{bytes} bytes for each application");
        GC.KeepAlive(all);
        return bytes;

        void ServeAll()
        {
            foreach (var application in exchanges == 0 ? [] : all)
            {
                foreach (var loop in loops)
                {
                    Serve(application.PartOf(loop).Stats, application.Slot.Current!.PartOf(loop).Stats, exchanges);
                }
            }
        }
    }

    private ProxyApplication NewApplication()
    {
        var slot = new UpstreamSlot();
        slot.Switch(new Upstream(new IPEndPoint(IPAddress.Loopback, 1), "test", _clock));
        return new ProxyApplication(new ApplicationOptions(), slot);
    }
}
