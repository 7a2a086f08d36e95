using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Switching;

namespace WunderProxy.Deployments.Tests.Switching;

[TestFixture]
[Parallelizable]
internal sealed class GuardVerdictTests
{
    private static readonly TrafficReport Good = Report(10_000, 0, 0.020);

    [TestCase(1_000, 50, ExpectedResult = true, Description = "5% of requests fail")]
    [TestCase(100, 5, ExpectedResult = true)]
    [TestCase(1_000, 5, ExpectedResult = false, Description = "half a percent may be chance")]
    [TestCase(10, 4, ExpectedResult = false, Description = "too few to tell")]
    [TestCase(10, 10, ExpectedResult = true, Description = "everything fails")]
    [TestCase(5_000, 0, ExpectedResult = false)]
    public bool Errors_convict_when_they_are_clearly_more(long requests, long errors) =>
        GuardVerdict.FindErrors(Good, Report(requests, errors, 0.02)) is not null;

    [Test]
    public void Errors_that_were_there_before_acquit()
    {
        var before = Report(10_000, 500, 0.02);

        Assert.That(GuardVerdict.FindErrors(before, Report(1_000, 55, 0.02)), Is.Null);
        Assert.That(GuardVerdict.FindErrors(before, Report(1_000, 150, 0.02)), Does.Contain("15"));
    }

    [TestCase(0.100, 1_000, ExpectedResult = true, Description = "five times slower")]
    [TestCase(0.100, 20, ExpectedResult = true, Description = "the middle needs few")]
    [TestCase(0.030, 1_000, ExpectedResult = false)]
    [TestCase(0.100, 19, ExpectedResult = false, Description = "too few to tell")]
    public bool Slowness_convicts_when_it_is_clear(double seconds, long requests) =>
        GuardVerdict.FindSlowness(Good, Report(requests, 0, seconds)) is not null;

    [Test]
    public void Slow_twentieth_convicts_when_there_are_enough()
    {
        var slow = Mixed((0.020, 94), (0.100, 6));

        Assert.That(GuardVerdict.FindSlowness(Good, slow), Does.StartWith("95% of 100 requests took up to 100 ms, before 20 ms"));
        Assert.That(GuardVerdict.FindSlowness(Good, Mixed((0.020, 47), (0.100, 3))), Is.Null);
    }

    [Test]
    public void Few_big_bodies_do_not_hide_that_the_rest_became_slower()
    {
        var before = Mixed((0.020, 92), (0.400, 8));

        Assert.That(
            GuardVerdict.FindSlowness(before, Mixed((0.100, 92), (0.480, 8))),
            Does.StartWith("50% of 100 requests took up to 100 ms, before 20 ms"));
    }

    [Test]
    public void Milliseconds_are_noise() =>
        Assert.That(GuardVerdict.FindSlowness(Report(1_000, 0, 0.001), Report(1_000, 0, 0.009)), Is.Null);

    private static TrafficReport Report(long requests, long errors, double seconds) =>
        new(requests, errors, 0, [new TimeCount(seconds, requests)]);

    private static TrafficReport Mixed(params (double Seconds, long Count)[] times) =>
        new(times.Sum(time => time.Count), 0, 0, [.. times.Select(time => new TimeCount(time.Seconds, time.Count))]);
}
