using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Tests.Diagnostics;

[Parallelizable(ParallelScope.All)]
internal sealed class TrafficStatsTests
{
    private const long Minute = 29_000_000;

    [Test]
    public void Parts_of_all_loops_are_summed()
    {
        var first = new TrafficStats();
        var second = new TrafficStats();
        first.CountExchange(200, 1_000_000, Minute);
        first.CountBytes(10, 20);
        second.CountExchange(502, 2_000_000, Minute);
        second.CountBytes(1, 2);
        second.CountGatewayError();
        second.CountAborted();

        var sum = TrafficStats.Sum([first, second], Minute);

        Assert.Multiple(() =>
        {
            Assert.That((sum.Requests, sum.TotalSeconds, sum.BytesIn, sum.BytesOut), Is.EqualTo((2, 3.0, 11, 22)));
            Assert.That((sum.GatewayErrors, sum.Aborted), Is.EqualTo((1, 1)));
            Assert.That(sum.Status.Classes.Keys, Is.EquivalentTo(new[] { "2xx", "5xx" }));
            Assert.That(sum.Status.Codes, Is.EqualTo(new Dictionary<int, long> { [200] = 1, [502] = 1 }));
            Assert.That(sum.Status.Minutes, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public void Only_the_last_sixty_minutes_are_kept_in_order()
    {
        var stats = new TrafficStats();
        for (var minute = Minute - 100; minute <= Minute; minute++)
        {
            stats.CountExchange(204, 1, minute);
        }

        var minutes = TrafficStats.Sum([stats], Minute).Status.Minutes;

        Assert.That(minutes, Has.Count.EqualTo(60));
        Assert.That(minutes[^1].At, Is.EqualTo(DateTimeOffset.FromUnixTimeSeconds(Minute * 60)));
        Assert.That(minutes.Select(minute => minute.At), Is.Ordered);
        Assert.That(minutes.Select(minute => minute.Classes["2xx"]), Is.All.EqualTo(1));
    }

    [Test]
    public void Minutes_that_are_too_old_are_not_told()
    {
        var stats = new TrafficStats();
        stats.CountExchange(200, 1, Minute - 60);

        Assert.That(TrafficStats.Sum([stats], Minute).Status.Minutes, Is.Empty);
    }
}
