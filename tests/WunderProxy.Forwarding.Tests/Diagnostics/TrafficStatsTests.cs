using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Tests.Diagnostics;

[Parallelizable(ParallelScope.All)]
internal sealed class TrafficStatsTests
{
    [Test]
    public void Parts_of_all_loops_are_summed()
    {
        var first = new TrafficStats();
        var second = new TrafficStats();
        first.CountExchange(200, 1_000_000);
        first.CountBytes(10, 20);
        second.CountExchange(502, 2_000_000);
        second.CountBytes(1, 2);
        second.CountGatewayError();
        second.CountAborted();
        second.CountConnectFailed(ConnectFailure.Timeout);
        second.CountRetry();
        second.CountFallback();

        var sum = TrafficStats.Sum([first, second]);

        Assert.Multiple(() =>
        {
            Assert.That((sum.Requests, sum.TotalSeconds, sum.BytesIn, sum.BytesOut), Is.EqualTo((2, 3.0, 11, 22)));
            Assert.That((sum.GatewayErrors, sum.Aborted), Is.EqualTo((1, 1)));
            Assert.That((sum.ConnectsFailed, sum.Retries, sum.Fallbacks), Is.EqualTo((1, 1, 1)));
            Assert.That(sum.Status.Classes.Keys, Is.EquivalentTo(new[] { "2xx", "5xx" }));
            Assert.That(sum.Status.Codes, Is.EqualTo(new Dictionary<int, long> { [200] = 1, [502] = 1 }));
        });
    }

    [Test]
    public void Every_status_is_counted()
    {
        var stats = new TrafficStats();
        for (var status = 0; status < TrafficStats.StatusCount; status++)
        {
            stats.CountExchange(status, 1);
            stats.CountExchange(status, 1);
        }

        var sum = TrafficStats.Sum([stats]).Status;

        Assert.That(sum.Codes, Has.Count.EqualTo(1000));
        Assert.That(sum.Codes.Values, Is.All.EqualTo(2));
        Assert.That(sum.Classes.Values, Is.All.EqualTo(200));
    }

    [Test]
    public void Totals_tell_classes_apart()
    {
        var stats = new TrafficStats();
        int[] statuses = [101, 200, 299, 301, 404, 499, 500, 503, 599];
        Array.ForEach(statuses, status => stats.CountExchange(status, 1));

        var totals = stats.ReadTotals();

        Assert.That(
            (totals.Status1xx, totals.Status2xx, totals.Status3xx, totals.Status4xx, totals.Status5xx, totals.ClientClosed),
            Is.EqualTo((1, 2, 1, 2, 3, 1)));
    }
}
