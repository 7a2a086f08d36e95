using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Diagnostics;

[Parallelizable(ParallelScope.All)]
internal sealed class DurationTableTests
{
    private static readonly string[] Bounds =
        ["0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1", "2.5", "5", "7.5", "10", "30", "60"];

    [Test]
    public void Buckets_are_those_of_the_conventions()
    {
        var durations = SumOf(Count(new DurationTable(), 200, TimeSpan.FromMilliseconds(1)));

        Assert.That(
            durations.Sets[0].Seconds.Bounds.Select(bound => bound.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            Is.EqualTo(Bounds));
    }

    [TestCase(0, 0)]
    [TestCase(50_000, 0)]
    [TestCase(50_001, 1)]
    [TestCase(100_000, 1)]
    [TestCase(600_000_000, 15)]
    [TestCase(600_000_001, 16)]
    [TestCase(long.MaxValue / 4, 16)]
    public void Bound_belongs_to_its_bucket_to_the_tick(long ticks, int bucket)
    {
        var seconds = SumOf(Count(new DurationTable(), 200, TimeSpan.FromTicks(ticks))).Sets[0].Seconds;

        Assert.That(seconds.Counts.Index().Where(item => item.Item > 0), Is.EqualTo(new[] { (bucket, 1L) }));
        Assert.That(seconds.Sum, Is.EqualTo(ticks / 1e7).Within(1e-9).Percent);
    }

    [Test]
    public void Labels_say_what_was_asked_and_how_it_ended()
    {
        var table = new DurationTable();
        var key = new RequestKey(502, (int)KnownMethod.Patch, isHttps: true, version: 2, error: 4);

        table.Add(key.Value, key.ToLabels("ConnectRefused")).Ticks.Count(1);

        Assert.That(SumOf(table).Sets[0].Labels, Is.EqualTo(new RequestLabels("PATCH", 502, "https", "1.1", "ConnectRefused")));
    }

    [Test]
    public void Every_method_has_its_name()
    {
        foreach (var method in Enum.GetValues<KnownMethod>())
        {
            var name = method == KnownMethod.Other ? "_OTHER" : method.ToString().ToUpperInvariant();
            Assert.That(new RequestKey(200, (int)method, false, 1, 0).ToLabels(null).Method, Is.EqualTo(name));
            Assert.That(RequestKey.ActiveOf(RequestKey.KindOf((int)method, true), 1), Is.EqualTo(new ActiveRequests(name, "https", 1)));
        }
    }

    [Test]
    public void Sets_are_found_again_and_bounded()
    {
        var table = new DurationTable();
        for (var round = 0; round < 3; round++)
        {
            for (var status = 0; status < 1000; status++)
            {
                Count(table, status, TimeSpan.Zero);
            }
        }

        var sets = SumOf(table).Sets;
        Assert.Multiple(() =>
        {
            Assert.That(sets, Has.Count.EqualTo(DurationTable.MaxSets + 1));
            Assert.That(sets.Sum(set => set.Seconds.Count), Is.EqualTo(3000));
            Assert.That(sets.Where(set => set.Labels != RequestLabels.Overflow).Select(set => set.Seconds.Count), Is.All.EqualTo(3));
        });
    }

    [Test]
    public void Tables_of_all_loops_are_summed_by_their_labels()
    {
        var first = Count(Count(new DurationTable(), 200, TimeSpan.FromSeconds(1)), 404, TimeSpan.FromSeconds(2));
        var second = Count(new DurationTable(), 200, TimeSpan.FromSeconds(3));

        var sum = DurationTable.Sum([first, second]);
        var merged = RequestDurations.Merge([SumOf(first), SumOf(second)]);

        foreach (var durations in new[] { sum, merged })
        {
            Assert.That(
                durations.Sets.Select(set => (set.Labels.Status, set.Seconds.Count, set.Seconds.Sum)),
                Is.EquivalentTo(new[] { (200, 2L, 4.0), (404, 1L, 2.0) }));
        }
    }

    [Test]
    public void Counting_what_occurred_before_takes_no_memory()
    {
        var table = new DurationTable();
        Count(Count(table, 200, TimeSpan.Zero), 304, TimeSpan.Zero);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var round = 0; round < 1000; round++)
        {
            table.Find(new RequestKey(round % 2 == 0 ? 200 : 304, 1, false, 2, 0).Value)!.Ticks.Count(round);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static RequestDurations SumOf(DurationTable table) => DurationTable.Sum([table]);

    private static DurationTable Count(DurationTable table, int status, TimeSpan duration)
    {
        var key = new RequestKey(status, (int)KnownMethod.Get, isHttps: false, version: 2, error: 0);
        (table.Find(key.Value) ?? table.Add(key.Value, key.ToLabels(null))).Ticks.Count(duration.Ticks);
        return table;
    }
}
