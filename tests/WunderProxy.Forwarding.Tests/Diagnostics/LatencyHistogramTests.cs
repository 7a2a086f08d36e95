using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Tests.Diagnostics;

[Parallelizable(ParallelScope.All)]
internal sealed class LatencyHistogramTests
{
    private static readonly double[] Shares = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1];

    [Test]
    public void Empty_histogram_is_all_zero()
    {
        Assert.That(HistogramOf().ToResponseTimes(), Is.EqualTo(default(ResponseTimes)));
        Assert.That(LatencyHistogram.Merge([]), Is.SameAs(LatencyHistogram.Empty));
    }

    [TestCase(0)]
    [TestCase(31)]
    [TestCase(32)]
    [TestCase(1_000)]
    [TestCase(1_234_567)]
    [TestCase(90_000_000_000)]
    public void Single_value_is_every_quantile(long microseconds)
    {
        var seconds = microseconds / 1e6;
        var expected = new ResponseTimes(seconds, seconds, seconds, seconds, seconds) { P95 = seconds };
        Assert.That(HistogramOf(microseconds).ToResponseTimes(), Is.EqualTo(expected));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Quantiles_of_random_durations_are_at_most_two_percent_wrong(int seed)
    {
        var random = new Random(seed);
        long[] durations = [.. Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 20))];

        var histogram = HistogramOf(durations);

        Array.Sort(durations);
        Assert.Multiple(() =>
        {
            foreach (var share in Shares)
            {
                var exact = durations[Math.Max(1, (int)Math.Ceiling(share * durations.Length)) - 1] / 1e6;
                Assert.That(histogram.Quantile(share), Is.EqualTo(exact).Within(2).Percent, $"{share}");
            }

            Assert.That(histogram.SumSeconds, Is.EqualTo(durations.Sum() / 1e6).Within(1e-6));
            Assert.That(histogram.Count, Is.EqualTo(durations.Length));
        });
    }

    [Test]
    public void Every_duration_is_within_two_percent_of_the_middle_of_its_bucket()
    {
        for (var microseconds = 1L; microseconds < LatencyBuckets.MaxMicroseconds; microseconds += 1 + (microseconds / 97))
        {
            var bucket = LatencyBuckets.Of(microseconds);
            Assert.That(LatencyBuckets.MiddleOf(bucket), Is.EqualTo(microseconds).Within(2).Percent);
            Assert.That(LatencyBuckets.UpperBoundOf(bucket), Is.GreaterThanOrEqualTo(microseconds));
        }
    }

    [Test]
    public void Counts_are_those_of_the_buckets_that_hold_anything() =>
        Assert.That(
            HistogramOf(1_000, 3, 1_001).Buckets,
            Is.EqualTo(new[] { new ResponseTimeCount(3e-6, 1), new ResponseTimeCount(1_007e-6, 2) }));

    [Test]
    public void Out_of_range_values_are_kept_at_the_ends()
    {
        var times = HistogramOf(-5, long.MaxValue).ToResponseTimes();

        Assert.That((times.P50, times.Max), Is.EqualTo((0.0, long.MaxValue / 1e6)));
    }

    [Test]
    public void Merged_histograms_count_as_one()
    {
        var merged = LatencyHistogram.Merge([HistogramOf(1, 500), LatencyHistogram.Empty, HistogramOf(9, 500, 70_000)]);

        Assert.Multiple(() =>
        {
            Assert.That(merged.Buckets, Is.EqualTo(HistogramOf(1, 9, 500, 500, 70_000).Buckets));
            Assert.That((merged.Count, merged.MaxSeconds, merged.SumSeconds), Is.EqualTo((5, 0.07, 0.07101)));
        });
    }

    [Test]
    public void Difference_has_only_what_came_later()
    {
        var earlier = HistogramOf(100, 200, 900_000);

        var since = HistogramOf(100, 200, 900_000, 200, 40_000).Since(earlier);

        Assert.Multiple(() =>
        {
            Assert.That(since.Buckets, Is.EqualTo(HistogramOf(200, 40_000).Buckets));
            Assert.That(since.SumSeconds, Is.EqualTo(0.0402));
            Assert.That(since.MaxSeconds, Is.EqualTo(0.04).Within(2).Percent);
            Assert.That(earlier.Since(earlier), Is.SameAs(LatencyHistogram.Empty));
            Assert.That(HistogramOf(100, 5_000).Since(HistogramOf(100)).MaxSeconds, Is.EqualTo(0.005));
        });
    }

    [Test]
    public void Counts_of_any_size_are_kept()
    {
        var counts = new long[LatencyBuckets.Count];
        counts[0] = long.MaxValue / 4;
        counts[^1] = 128;

        var histogram = LatencyHistogram.Of(counts, 0, 0);

        Assert.That(histogram.Buckets.Select(bucket => bucket.Count), Is.EqualTo(new[] { long.MaxValue / 4, 128 }));
    }

    [TestCase(-0.1)]
    [TestCase(1.1)]
    [TestCase(double.NaN)]
    public void A_share_that_is_none_is_refused(double share) =>
        Assert.That(() => HistogramOf(1).Quantile(share), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static LatencyHistogram HistogramOf(params long[] microseconds)
    {
        var counter = new LatencyCounter();
        Array.ForEach(microseconds, counter.Record);
        var sum = new LatencySum();
        sum.Add(counter);
        return sum.ToHistogram();
    }
}
