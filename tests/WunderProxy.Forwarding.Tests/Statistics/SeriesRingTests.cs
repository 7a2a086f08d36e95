using WunderProxy.Forwarding.Statistics;

namespace WunderProxy.Forwarding.Tests.Statistics;

[Parallelizable]
internal sealed class SeriesRingTests
{
    [Test]
    public void Clock_that_starts_in_1970_has_points_before_it()
    {
        var ring = new SeriesRing(secondsEach: 3600, count: 24);
        var item = new SeriesItem(null, SeriesGauges.Of(1, 0), null);
        ring.Add(second: 5, item);

        Assert.That(Enumerable.Range(-23, 24).Select(point => ring.At(point)), Is.EqualTo(new SeriesItem?[23].Append(item)));
    }

    [Test]
    public void Seconds_before_1970_belong_to_points_of_their_own()
    {
        var ring = new SeriesRing(secondsEach: 60, count: 3);
        var item = new SeriesItem(null, SeriesGauges.Of(1, 0), null);
        ring.Add(second: -61, item);
        ring.Add(second: 1, item);

        Assert.That(Enumerable.Range(-2, 3).Select(point => ring.At(point)), Is.EqualTo(new[] { item, null, item }));
    }
}
