using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Tests.Contracts;

[TestFixture]
[Parallelizable]
internal sealed class TrafficReportTests
{
    private static readonly TrafficReport Early = new(3, 1, 0, [new TimeCount(0.1, 2), new TimeCount(0.5, 1)]);

    private static readonly TrafficReport Late = new(9, 3, 1, [new TimeCount(0.1, 2), new TimeCount(0.2, 5), new TimeCount(0.5, 2)]);

    [TestCase(0.0, ExpectedResult = 0.1)]
    [TestCase(0.5, ExpectedResult = 0.2)]
    [TestCase(0.95, ExpectedResult = 0.5)]
    [TestCase(1.0, ExpectedResult = 0.5)]
    public double Quantile_is_the_time_of_that_rank(double share) => Late.Quantile(share);

    [Test]
    public void Quantile_of_nothing_is_zero() => Assert.That(new TrafficReport(0, 0, 0, []).Quantile(0.5), Is.Zero);

    [Test]
    public void Difference_is_what_came_between()
    {
        var between = Late.Since(Early);

        Assert.That((between.Requests, between.ServerErrors, between.GatewayErrors), Is.EqualTo((6, 2, 1)));
        Assert.That(between.Quantile(0), Is.EqualTo(0.2));
        Assert.That(between.Quantile(1), Is.EqualTo(0.5));
    }
}
