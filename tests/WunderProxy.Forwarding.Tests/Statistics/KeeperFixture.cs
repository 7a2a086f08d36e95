using System.Net;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Statistics;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Statistics;

/// <summary>A keeper with one application, whose loop the test plays.</summary>
internal sealed class KeeperFixture : IDisposable
{
    public KeeperFixture()
    {
        Loop = new MemoryLoop(Clock);
        Application = new ProxyApplication(new ApplicationOptions(), Slot);
        Keeper = new StatisticsKeeper(Clock, new StatisticsSources(() => [Application], () => [Unrouted], () => Gauges));
        Keeper.Start();
    }

    public ManualTimeProvider Clock { get; } = new();

    public UpstreamSlot Slot { get; } = new();

    public ProxyApplication Application { get; }

    public TrafficStats Unrouted { get; } = new();

    public ServerGauges Gauges { get; set; } = new(default, 0, 0, 0);

    public StatisticsKeeper Keeper { get; }

    public TrafficStats Stats => Application.PartOf(Loop).Stats;

    public MemoryLoop Loop { get; }

    public Upstream NewUpstream() => new(new IPEndPoint(IPAddress.Loopback, 1), "test", Clock);

    public TrafficStats StatsOf(Upstream upstream) => upstream.PartOf(Loop).Stats;

    public void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    public void Dispose() => Keeper.Dispose();
}
