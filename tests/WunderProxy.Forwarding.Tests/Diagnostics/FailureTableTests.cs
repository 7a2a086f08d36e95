using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Tests.Diagnostics;

[Parallelizable(ParallelScope.All)]
internal sealed class FailureTableTests
{
    private const long Minute = 60_000;

    private static readonly FailureKind Refused = new("connect_refused", "application", "connect", 502, "aa");

    [Test]
    public void Failures_of_a_kind_are_counted_minute_by_minute()
    {
        var table = new FailureTable();

        table.Count(Refused, 5 * Minute);
        table.Count(Refused, (5 * Minute) + 59_999);
        table.Count(Refused, 6 * Minute);
        table.Count(Refused with { Upstream = "bb" }, 6 * Minute);

        Assert.That(
            table.Read(6 * Minute).Select(count => (count.Minute.ToUnixTimeMilliseconds() / Minute, count.Failure.Upstream, count.Count)),
            Is.EquivalentTo(new[] { (5L, "aa", 2L), (6L, "aa", 1L), (6L, "bb", 1L) }));
    }

    [Test]
    public void Minutes_that_are_over_are_forgotten()
    {
        var table = new FailureTable();
        table.Count(Refused, 5 * Minute);
        table.Count(Refused, 9 * Minute);

        var late = table.Read((5 + FailureTable.Minutes) * Minute).Sum(count => count.Count);
        table.Count(Refused, (5 + FailureTable.Minutes) * Minute);

        Assert.That(late, Is.EqualTo(1));
        Assert.That(table.Read((5 + FailureTable.Minutes) * Minute).Sum(count => count.Count), Is.EqualTo(2));
    }

    [Test]
    public void Clock_that_was_set_back_shows_no_failures_of_the_future()
    {
        var table = new FailureTable();
        table.Count(Refused, 50 * Minute);

        Assert.That(table.Read(40 * Minute), Is.Empty);
    }

    [Test]
    public void Clock_before_1970_counts_each_minute_for_itself()
    {
        var table = new FailureTable();

        table.Count(Refused, -Minute - 1);
        table.Count(Refused, -1);
        table.Count(Refused, 1);

        Assert.That(
            table.Read(1).Select(count => (count.Minute.ToUnixTimeMilliseconds() / Minute, count.Count)),
            Is.EquivalentTo(new[] { (-2L, 1L), (-1L, 1L), (0L, 1L) }));
    }

    [Test]
    public void Kinds_beyond_the_bound_lose_no_count()
    {
        var table = new FailureTable();
        for (var status = 0; status < FailureTable.MaxKinds * 2; status++)
        {
            table.Count(Refused with { Status = status }, Minute);
        }

        var counts = table.Read(Minute).ToArray();

        Assert.That((counts.Length, counts.Sum(count => count.Count)), Is.EqualTo((FailureTable.MaxKinds, FailureTable.MaxKinds * 2)));
    }

    [Test]
    public void Repeated_failure_allocates_nothing()
    {
        var table = new FailureTable();
        table.Count(Refused, Minute);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            table.Count(Refused, Minute);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
