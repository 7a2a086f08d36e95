using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Tests.Diagnostics;

[Parallelizable(ParallelScope.All)]
internal sealed class ResponseTimeHistogramTests
{
    [Test]
    public void Empty_histogram_is_all_zero() =>
        Assert.That(new ResponseTimeHistogram().ToResponseTimes(), Is.EqualTo(default(ResponseTimes)));

    [TestCase(0)]
    [TestCase(15)]
    [TestCase(16)]
    [TestCase(1_000)]
    [TestCase(1_234_567)]
    [TestCase(90_000_000_000)]
    public void Single_value_is_every_quantile(long microseconds)
    {
        var histogram = new ResponseTimeHistogram();

        histogram.Record(microseconds);

        var seconds = microseconds / 1e6;
        var expected = new ResponseTimes(seconds, seconds, seconds, seconds, seconds) { P95 = seconds };
        Assert.That(histogram.ToResponseTimes(), Is.EqualTo(expected));
    }

    [Test]
    public void Counts_are_those_of_the_buckets_that_hold_anything()
    {
        var histogram = new ResponseTimeHistogram();

        histogram.Record(1_000);
        histogram.Record(3);
        histogram.Record(1_001);

        Assert.That(
            histogram.ToCounts(), Is.EqualTo(new[] { new ResponseTimeCount(3e-6, 1), new ResponseTimeCount(1_023e-6, 2) }));
    }

    [Test]
    public void Quantiles_are_at_most_six_percent_too_high()
    {
        var histogram = new ResponseTimeHistogram();

        for (var value = 1; value <= 100_000; value++)
        {
            histogram.Record(value);
        }

        var times = histogram.ToResponseTimes();
        Assert.Multiple(() =>
        {
            Assert.That(times.P50, Is.InRange(0.05, 0.05 * 1.0625));
            Assert.That(times.P90, Is.InRange(0.09, 0.09 * 1.0625));
            Assert.That(times.P99, Is.InRange(0.099, 0.1));
            Assert.That(times.Max, Is.EqualTo(0.1));
        });
    }

    [Test]
    public void Out_of_range_values_are_kept_at_the_ends()
    {
        var histogram = new ResponseTimeHistogram();

        histogram.Record(-5);
        histogram.Record(long.MaxValue);

        Assert.That(histogram.ToResponseTimes().P50, Is.Zero);
        Assert.That(histogram.ToResponseTimes().Max, Is.EqualTo(long.MaxValue / 1e6));
    }

    [Test]
    public void Added_histograms_count_as_one()
    {
        var first = new ResponseTimeHistogram();
        var second = new ResponseTimeHistogram();
        first.Record(1);
        second.Record(9);

        first.Add(second);

        Assert.That((first.ToResponseTimes().P50, first.ToResponseTimes().Max), Is.EqualTo((1e-6, 9e-6)));
    }
}
