using WunderProxy.Deployments.Statistics;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Statistics;

[Parallelizable(ParallelScope.All)]
internal sealed class ProbeStatisticsTests
{
    [Test]
    public void Statuses_are_counted_by_their_class()
    {
        var probes = new ProbeStatistics(new ManualTimeProvider());
        foreach (var reason in new[] { "status_500", "status_503", "status_404", "ok", "refused", "status_" })
        {
            probes.Count("r1", reason, TimeSpan.FromMilliseconds(1));
        }

        Assert.That(
            probes.Read().Select(probe => $"{probe.Kind} {probe.Result} {probe.Count}"),
            Is.EqualTo(new[] { "r1 ok 1", "r1 refused 1", "r1 status_ 1", "r1 status_4xx 1", "r1 status_5xx 2" }));
    }

    [Test]
    public void Revision_is_forgotten_an_hour_after_its_last_check()
    {
        var clock = new ManualTimeProvider();
        var probes = new ProbeStatistics(clock);
        probes.Count("r1", "ok", TimeSpan.Zero);
        clock.Advance(TimeSpan.FromMinutes(30));
        probes.Count("r2", "ok", TimeSpan.Zero);

        clock.Advance(TimeSpan.FromMinutes(29));
        var before = probes.Read().Select(probe => probe.Kind);
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.That(before, Is.EqualTo(new[] { "r1", "r2" }));
        Assert.That(probes.Read().Select(probe => probe.Kind), Is.EqualTo(new[] { "r2" }));
    }

    [Test]
    public void Revision_checked_longest_ago_makes_room_for_another()
    {
        var clock = new ManualTimeProvider();
        var probes = new ProbeStatistics(clock);
        for (var number = 0; number <= ProbeStatistics.MaxRevisions; number++)
        {
            probes.Count($"r{number}", "ok", TimeSpan.Zero);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(
            probes.Read().Select(probe => probe.Kind).ToArray(),
            Has.Length.EqualTo(ProbeStatistics.MaxRevisions).And.None.EqualTo("r0").And.One.EqualTo("r20"));
    }
}
