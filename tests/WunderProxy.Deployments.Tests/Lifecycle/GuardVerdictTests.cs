using WunderProxy.Deployments.Lifecycle;

namespace WunderProxy.Deployments.Tests.Lifecycle;

[TestFixture]
[Parallelizable]
internal sealed class GuardVerdictTests
{
    private static readonly TrafficReport Good = new(10_000, 0, 0, 0.020);

    [TestCase(1_000, 50, ExpectedResult = true, Description = "5% of requests fail")]
    [TestCase(100, 5, ExpectedResult = true)]
    [TestCase(1_000, 5, ExpectedResult = false, Description = "half a percent may be chance")]
    [TestCase(10, 4, ExpectedResult = false, Description = "too few to tell")]
    [TestCase(10, 10, ExpectedResult = true, Description = "everything fails")]
    [TestCase(5_000, 0, ExpectedResult = false)]
    public bool Errors_convict_when_they_are_clearly_more(long requests, long errors) =>
        GuardVerdict.FindErrors(Good, new TrafficReport(requests, errors, 0, 0.02)) is not null;

    [Test]
    public void Errors_that_were_there_before_acquit()
    {
        var before = new TrafficReport(10_000, 500, 0, 0.02);

        Assert.That(GuardVerdict.FindErrors(before, new TrafficReport(1_000, 55, 0, 0.02)), Is.Null);
        Assert.That(GuardVerdict.FindErrors(before, new TrafficReport(1_000, 150, 0, 0.02)), Does.Contain("15"));
    }

    [TestCase(0.100, 1_000, ExpectedResult = true, Description = "five times slower")]
    [TestCase(0.030, 1_000, ExpectedResult = false)]
    [TestCase(0.100, 50, ExpectedResult = false, Description = "too few to tell")]
    public bool Slowness_convicts_when_it_is_clear(double seconds, long requests) =>
        GuardVerdict.FindSlowness(Good, new TrafficReport(requests, 0, 0, seconds)) is not null;

    [Test]
    public void Milliseconds_are_noise()
    {
        var before = new TrafficReport(1_000, 0, 0, 0.001);

        Assert.That(GuardVerdict.FindSlowness(before, new TrafficReport(1_000, 0, 0, 0.009)), Is.Null);
    }
}
