using WunderProxy.Deployments.Statistics;

namespace WunderProxy.Deployments.Tests.Statistics;

[Parallelizable(ParallelScope.All)]
internal sealed class DurationTallyTests
{
    [Test]
    public void Duration_is_in_the_first_bucket_whose_bound_it_does_not_exceed()
    {
        var tally = new DurationTally([0.1, 1]);
        foreach (var milliseconds in new[] { -5, 100, 101, 1000, 1001 })
        {
            tally.Count("get", "ok", TimeSpan.FromMilliseconds(milliseconds));
        }

        var counts = tally.Read().Single();

        Assert.That((counts.Kind, counts.Result, counts.Count), Is.EqualTo(("get", "ok", 5L)));
        Assert.That(counts.Buckets, Is.EqualTo(new[] { 2, 2, 1 }));
        Assert.That(counts.SumSeconds, Is.EqualTo(2.202).Within(1e-9));
    }

    [Test]
    public void Pairs_are_told_apart_up_to_the_bound_and_nothing_is_lost_beyond_it()
    {
        var tally = new DurationTally([1]);
        for (var number = 0; number < 3 * DurationTally.MaxPairs; number++)
        {
            tally.Count($"kind{number}", "ok", TimeSpan.Zero);
            tally.Count("kind0", "ok", TimeSpan.Zero);
        }

        var counts = tally.Read();

        Assert.That(counts, Has.Count.EqualTo(DurationTally.MaxPairs + 1));
        Assert.That(counts.Select(count => count.Kind), Has.One.EqualTo(DurationTally.Other));
        Assert.That(counts.Sum(count => count.Count), Is.EqualTo(6 * DurationTally.MaxPairs));
        Assert.That(counts.Select(count => count.Kind), Is.Ordered.Using<string>(StringComparer.Ordinal));
    }

    [Test]
    public void Reading_is_a_copy()
    {
        var tally = new DurationTally([1]);
        tally.Count("put", "ok", TimeSpan.Zero);
        var before = tally.Read().Single();

        tally.Count("put", "ok", TimeSpan.Zero);

        Assert.That((before.Count, tally.Read().Single().Count), Is.EqualTo((1L, 2L)));
    }
}
