using WunderProxy.Forwarding.Fallback;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Fallback;

[Parallelizable(ParallelScope.All)]
internal sealed class FallbackBudgetTests
{
    [Test]
    public void Ten_within_ten_seconds_are_always_allowed()
    {
        var clock = new ManualTimeProvider();
        using var budget = Started(clock, () => 0);

        Assert.That(CountShared(budget, 20), Is.EqualTo(10));
        clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.That(CountShared(budget, 20), Is.Zero);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(CountShared(budget, 20), Is.EqualTo(10));
    }

    [Test]
    public void A_tenth_of_the_requests_of_the_last_ten_seconds_is_allowed()
    {
        var clock = new ManualTimeProvider();
        var requests = 0L;
        using var budget = Started(clock, () => requests);
        for (var second = 0; second < 10; second++)
        {
            requests += 100;
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(CountShared(budget, 2000), Is.EqualTo(100));
    }

    [Test]
    public void Requests_of_longer_ago_do_not_count()
    {
        var clock = new ManualTimeProvider();
        var requests = 0L;
        using var budget = Started(clock, () => requests);
        requests = 100_000;
        clock.Advance(TimeSpan.FromSeconds(15));

        Assert.That(CountShared(budget, 2000), Is.EqualTo(10));
    }

    [Test]
    public void Share_holds_at_every_moment_of_a_long_run()
    {
        var clock = new ManualTimeProvider();
        var requests = 0L;
        using var budget = Started(clock, () => requests);
        var taken = new List<(double At, long Requests)>();
        for (var step = 0; step < 600; step++)
        {
            requests += 7;
            clock.Advance(TimeSpan.FromMilliseconds(100));
            for (var attempt = 0; attempt < 7; attempt++)
            {
                if (budget.TryEnter(isShared: true))
                {
                    taken.Add((step * 0.1, requests));
                    budget.Leave();
                }
            }
        }

        // 70 requests a second: 70 of the 700 of ten seconds.
        var most = taken.Max(entry => taken.Count(other => other.At > entry.At - 10 + 0.05 && other.At <= entry.At));
        Assert.That(most, Is.InRange(60, 70));
    }

    [Test]
    public void Without_an_upstream_there_is_no_share_but_a_bound()
    {
        using var budget = Started(new ManualTimeProvider(), () => 0);

        var allowed = Enumerable.Range(0, 300).Count(_ => budget.TryEnter(isShared: false));
        budget.Leave();

        Assert.That(allowed, Is.EqualTo(256));
        Assert.That((budget.TryEnter(isShared: false), budget.TryEnter(isShared: false)), Is.EqualTo((true, false)));
        Assert.That(budget.InUse, Is.EqualTo(256));
    }

    [Test]
    public void What_went_without_an_upstream_is_not_held_against_the_share()
    {
        using var budget = Started(new ManualTimeProvider(), () => 0);
        for (var i = 0; i < 200; i++)
        {
            budget.TryEnter(isShared: false);
        }

        Assert.That(CountShared(budget, 20), Is.EqualTo(10));
    }

    private static FallbackBudget Started(TimeProvider clock, Func<long> requests)
    {
        var budget = new FallbackBudget(clock);
        budget.Start(requests);
        return budget;
    }

    private static int CountShared(FallbackBudget budget, int attempts) =>
        Enumerable.Range(0, attempts).Count(_ => budget.TryEnter(isShared: true));
}
