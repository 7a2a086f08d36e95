using WunderProxy.Deployments.Launching;

namespace WunderProxy.Deployments.Tests.Launching;

[Parallelizable(ParallelScope.All)]
internal sealed class ProbePausesTests
{
    [TestCase(1000, "20 40 80 160 320 640 1000 1000 1000")]
    [TestCase(640, "20 40 80 160 320 640 640")]
    [TestCase(30, "20 30 30")]
    [TestCase(20, "20 20")]
    [TestCase(5, "5 5 5")]
    public void Pauses_double_from_20_ms_up_to_the_interval(int intervalMilliseconds, string expected)
    {
        var pauses = new ProbePauses(TimeSpan.FromMilliseconds(intervalMilliseconds));

        var taken = expected.Split(' ').Select(_ => pauses.Next().TotalMilliseconds).ToArray();

        Assert.That(string.Join(' ', taken), Is.EqualTo(expected));
    }

    [Test]
    public void Pauses_of_the_longest_interval_do_not_overflow()
    {
        var pauses = new ProbePauses(TimeSpan.MaxValue);

        var taken = Enumerable.Range(0, 100).Select(_ => pauses.Next()).ToArray();

        Assert.That(taken, Is.Ordered);
        Assert.That(taken[^1], Is.EqualTo(TimeSpan.MaxValue));
    }
}
