using WunderProxy.Forwarding.Fallback;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Fallback;

[Parallelizable(ParallelScope.All)]
internal sealed class ReplayStoreTests
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(61);

    [Test]
    public void Id_is_taken_once()
    {
        var store = new ReplayStore(Keep, 10, new ManualTimeProvider());

        Assert.That((store.TryAdd(1), store.TryAdd(1), store.TryAdd(2)), Is.EqualTo((true, false, true)));
    }

    [TestCase(0)]
    [TestCase(30)]
    [TestCase(60)]
    public void Id_is_kept_for_the_whole_time_whenever_it_came(int secondsBefore)
    {
        var clock = new ManualTimeProvider();
        var store = new ReplayStore(Keep, 10, clock);
        clock.Advance(TimeSpan.FromSeconds(secondsBefore));
        store.TryAdd(1);

        for (var second = 0; second < 60; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.That(store.TryAdd(1), Is.False, $"after {second + 1} s");
        }
    }

    [Test]
    public void Id_is_forgotten_after_twice_the_time()
    {
        var clock = new ManualTimeProvider();
        var store = new ReplayStore(Keep, 10, clock);
        store.TryAdd(1);

        clock.Advance(Keep * 2);

        Assert.That(store.TryAdd(1), Is.True);
    }

    [Test]
    public void Full_store_takes_nothing_until_it_has_turned()
    {
        var clock = new ManualTimeProvider();
        var store = new ReplayStore(Keep, 2, clock);
        store.TryAdd(1);
        store.TryAdd(2);
        var whenFull = store.TryAdd(3);

        clock.Advance(Keep);

        Assert.That((whenFull, store.TryAdd(3), store.TryAdd(1)), Is.EqualTo((false, true, false)));
    }
}
