using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Statistics;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Traffic;

namespace WunderProxy.Tests.ManagerApi;

[Parallelizable]
internal sealed class WindowViewTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);

    [Test]
    public void Points_are_added_up()
    {
        var window = WindowView.Of(
        [
            Point(10) with
            {
                Totals = new TrafficTotals { Requests = 8, Status2xx = 7, Status5xx = 1, BytesIn = 3, Retries = 1 },
                InFlightMax = 4,
            },
            Point(10),
            Point(5) with
            {
                Totals = new TrafficTotals { Requests = 2, Status5xx = 1, Status3xx = 1, BytesOut = 5 },
                InFlightMax = 9,
                Waiting = 1,
                WaitingMax = 2,
            },
        ]);

        Assert.Multiple(() =>
        {
            Assert.That((window.Seconds, window.Requests, window.RequestsPerSecond, window.ErrorShare), Is.EqualTo((25, 10, 0.4, 0.2)));
            Assert.That(window.Classes, Is.EqualTo(new Dictionary<string, long>(StringComparer.Ordinal) { ["2xx"] = 7, ["3xx"] = 1, ["5xx"] = 2 }));
            Assert.That(window.Bytes, Is.EqualTo(new ByteCounts(3, 5)));
            Assert.That((window.InFlightMax, window.WaitingMax, window.Retries), Is.EqualTo((9, 2, 1)));
        });
    }

    [Test]
    public void Window_without_requests_is_all_zero()
    {
        var window = WindowView.Of([Point(1), Point(1)]);

        Assert.That((window.RequestsPerSecond, window.ErrorShare, window.ResponseTimes.Max), Is.EqualTo((0.0, 0.0, 0.0)));
        Assert.That(window.Classes, Is.Empty);
    }

    private static TrafficPoint Point(int seconds) => new(Start, TimeSpan.FromSeconds(seconds));
}
