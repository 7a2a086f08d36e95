using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Diagnostics;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
internal sealed class LogThrottleTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<(long LeftOut, object? Last)> _summaries = [];

    [Test]
    public void First_passes_and_the_rest_of_the_interval_is_told_in_one_summary()
    {
        using var throttle = Create();

        var passed = Enumerable.Range(0, 5).Select(number => throttle.TryPass(number)).ToArray();
        _clock.Advance(LogThrottle.Interval);

        Assert.That(passed, Is.EqualTo(new[] { true, false, false, false, false }));
        Assert.That(_summaries, Is.EqualTo(new (long, object?)[] { (4, 4) }));
    }

    [Test]
    public void Flood_is_one_summary_per_interval_until_it_ends()
    {
        using var throttle = Create();
        for (var interval = 0; interval < 3; interval++)
        {
            Enumerable.Range(0, 1000).ToList().ForEach(number => throttle.TryPass(number));
            _clock.Advance(LogThrottle.Interval);
        }

        _clock.Advance(LogThrottle.Interval);

        Assert.That(_summaries.Select(summary => summary.LeftOut), Is.EqualTo(new long[] { 999, 1000, 1000 }));
        Assert.That(throttle.TryPass("later"), Is.True, "it was quiet for an interval");
    }

    [Test]
    public void Rare_events_all_pass_and_need_no_summary()
    {
        using var throttle = Create();
        for (var number = 0; number < 3; number++)
        {
            Assert.That(throttle.TryPass(number), Is.True);
            _clock.Advance(LogThrottle.Interval);
        }

        Assert.That(_summaries, Is.Empty);
    }

    [Test]
    public void What_was_left_out_is_told_at_the_end()
    {
        var throttle = Create();
        throttle.TryPass("a");
        throttle.TryPass("b");

        throttle.Dispose();
        _clock.Advance(LogThrottle.Interval);

        Assert.That(_summaries, Is.EqualTo(new (long, object?)[] { (1, "b") }));
    }

    [Test]
    public async Task Many_threads_lose_no_event()
    {
        const int Threads = 4, Events = 50_000;
        using var throttle = Create();
        var passed = 0L;

        var counting = Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (var number = 0; number < Events; number++)
            {
                Interlocked.Add(ref passed, throttle.TryPass(null) ? 1 : 0);
            }
        })).ToArray();
        while (!Task.WhenAll(counting).IsCompleted)
        {
            _clock.Advance(LogThrottle.Interval);
        }

        await Task.WhenAll(counting);
        throttle.Dispose();

        Assert.That(passed + _summaries.Sum(summary => summary.LeftOut), Is.EqualTo(Threads * Events));
    }

    private LogThrottle Create() => new(_clock, (leftOut, last) => _summaries.Add((leftOut, last)));
}
