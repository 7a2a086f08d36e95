using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Switching;

namespace WunderProxy.Deployments.Tests.Switching;

[TestFixture]
[Parallelizable]
internal sealed class SlownessWatchTests
{
    private const double LookSeconds = 0.25;

    private static readonly TrafficReport Before = new(1_000, 0, 0, [new TimeCount(0.020, 1_000)]);

    [Test]
    public void Revision_that_stays_slower_is_convicted_within_the_window() =>
        Assert.That(ConvictedAt(_ => 0.100, requestsPerLook: 20), Is.InRange(6.0, 7.0));

    [Test]
    public void Little_traffic_takes_longer() =>
        Assert.That(ConvictedAt(_ => 0.100, requestsPerLook: 3), Is.InRange(6.0, 9.0));

    [Test]
    public void As_quick_a_revision_is_never_convicted() => Assert.That(ConvictedAt(_ => 0.020, requestsPerLook: 20), Is.Null);

    [Test]
    public void Slow_warm_up_and_one_burst_are_forgiven() =>
        Assert.That(ConvictedAt(time => time is < 2.5 or (> 5.0 and < 7.4) ? 0.200 : 0.020, requestsPerLook: 20), Is.Null);

    [Test]
    public void Too_little_traffic_says_nothing() => Assert.That(ConvictedAt(_ => 0.100, requestsPerLook: 1), Is.Null);

    /// <summary>When a watch of ten seconds convicts; null for never.</summary>
    private static double? ConvictedAt(Func<double, double> secondsAt, int requestsPerLook)
    {
        var watch = new SlownessWatch(TimeSpan.FromSeconds(10));
        var counts = new SortedDictionary<double, long>();
        for (var time = LookSeconds; time < 10; time += LookSeconds)
        {
            counts[secondsAt(time)] = counts.GetValueOrDefault(secondsAt(time)) + requestsPerLook;
            var now = new TrafficReport(counts.Values.Sum(), 0, 0, [.. counts.Select(pair => new TimeCount(pair.Key, pair.Value))]);
            if (watch.Look(TimeSpan.FromSeconds(time), Before, now) is not null)
            {
                return time;
            }
        }

        return null;
    }
}
