using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Statistics;

namespace WunderProxy.Forwarding.Tests.Statistics;

[Parallelizable(ParallelScope.All)]
internal sealed class StatisticsKeeperTests
{
    [TestCase(SeriesWindow.LastMinute, 60, 1)]
    [TestCase(SeriesWindow.FiveMinutes, 60, 5)]
    [TestCase(SeriesWindow.Hour, 60, 60)]
    [TestCase(SeriesWindow.Day, 24, 3600)]
    public void Series_without_traffic_has_all_its_points(SeriesWindow window, int count, int seconds)
    {
        using var fixture = new KeeperFixture();
        fixture.Pass(1);

        var points = fixture.Keeper.SeriesOf(fixture.Application).Read(window);

        Assert.Multiple(() =>
        {
            Assert.That(points, Has.Count.EqualTo(count));
            Assert.That(points.Select(point => point.Start), Is.Ordered.And.Unique);
            Assert.That(points.SkipLast(1).Select(point => point.Length), Is.All.EqualTo(TimeSpan.FromSeconds(seconds)));
            Assert.That(points[^1].Start + points[^1].Length, Is.EqualTo(fixture.Clock.GetUtcNow()));
            Assert.That(points.Select(point => point.Totals.Requests + point.InFlightMax), Is.All.Zero);
        });
    }

    [Test]
    public void Second_has_what_ended_in_it()
    {
        using var fixture = new KeeperFixture();
        fixture.Stats.CountExchange(200, 3_000);
        fixture.Stats.CountBytes(10, 20);
        fixture.Pass(1);
        fixture.Stats.CountExchange(502, 5_000);
        fixture.Stats.CountGatewayError();
        fixture.Stats.CountConnectFailed(ConnectFailure.Refused);
        fixture.Pass(1);

        var points = fixture.Keeper.SeriesOf(fixture.Application).Read(SeriesWindow.LastMinute);

        Assert.Multiple(() =>
        {
            Assert.That(points.Sum(point => point.Totals.Requests), Is.EqualTo(2));
            Assert.That((points[^2].Totals.Status2xx, points[^2].Totals.BytesIn, points[^2].Totals.BytesOut), Is.EqualTo((1, 10, 20)));
            Assert.That((points[^1].Totals.Status5xx, points[^1].Totals.GatewayErrors, points[^1].Totals.ConnectsFailed), Is.EqualTo((1, 1, 1)));
            Assert.That(points[^2].Latency.MaxSeconds, Is.EqualTo(0.003));
            Assert.That(points[^1].Latency.MaxSeconds, Is.EqualTo(0.005));
            Assert.That((points[^1].ErrorShare, points[^1].RequestsPerSecond), Is.EqualTo((1.0, 1.0)));
        });
    }

    [Test]
    public void Every_window_tells_the_same_sums()
    {
        using var fixture = new KeeperFixture();
        for (var second = 0; second < 50; second++)
        {
            fixture.Stats.CountExchange(200, second + 1);
            fixture.Pass(1);
        }

        Assert.Multiple(() =>
        {
            foreach (var window in Enum.GetValues<SeriesWindow>())
            {
                var points = fixture.Keeper.SeriesOf(fixture.Application).Read(window);
                var latency = LatencyHistogram.Merge(points.Select(point => point.Latency));
                Assert.That(points.Sum(point => point.Totals.Requests), Is.EqualTo(50), $"{window}");
                Assert.That((latency.Count, latency.MaxSeconds), Is.EqualTo((50, 50e-6)), $"{window}");
            }
        });
    }

    [Test]
    public void Longer_points_begin_at_full_minutes_and_hours()
    {
        using var fixture = new KeeperFixture();
        fixture.Pass(90);

        var series = fixture.Keeper.ServerSeries;

        Assert.That(series.Read(SeriesWindow.Hour).Select(point => point.Start.Second), Is.All.Zero);
        Assert.That(series.Read(SeriesWindow.Day).Select(point => point.Start.Minute), Is.All.Zero);
        Assert.That(series.Read(SeriesWindow.Hour)[^1].Length, Is.EqualTo(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public void Old_points_leave()
    {
        using var fixture = new KeeperFixture();
        fixture.Stats.CountExchange(200, 1);
        fixture.Pass(60);
        Assert.That(Sum(SeriesWindow.LastMinute), Is.EqualTo(1));

        fixture.Pass(1);

        Assert.That((Sum(SeriesWindow.LastMinute), Sum(SeriesWindow.FiveMinutes), Sum(SeriesWindow.Day)), Is.EqualTo((0, 1, 1)));
        fixture.Pass(300);
        Assert.That((Sum(SeriesWindow.FiveMinutes), Sum(SeriesWindow.Hour)), Is.EqualTo((0, 1)));

        long Sum(SeriesWindow window) =>
            fixture.Keeper.SeriesOf(fixture.Application).Read(window).Sum(point => point.Totals.Requests);
    }

    [Test]
    public void Gauges_are_the_last_and_the_highest()
    {
        using var fixture = new KeeperFixture();
        fixture.Gauges = new ServerGauges(new ConnectionCounts(1, 2, 3, 4), 10, 100, 1000);
        fixture.Pass(1);
        fixture.Gauges = new ServerGauges(new ConnectionCounts(1, 0, 0, 0), 1, 0, 0);
        fixture.Pass(1);

        var point = fixture.Keeper.ServerSeries.Read(SeriesWindow.Day)[^1];

        Assert.That((point.Connections.Total, point.ConnectionsMax, point.BufferMemory), Is.EqualTo((1, 10, 0)));
    }

    [TestCase(-86_400)]
    [TestCase(3_600)]
    public void Clock_that_is_set_moves_the_labels_and_loses_nothing(int step)
    {
        using var fixture = new KeeperFixture();
        fixture.Stats.CountExchange(200, 1);
        fixture.Pass(10);

        fixture.Clock.SetUtcNow(fixture.Clock.GetUtcNow().AddSeconds(step));
        fixture.Stats.CountExchange(200, 1);
        fixture.Pass(10);

        var points = fixture.Keeper.SeriesOf(fixture.Application).Read(SeriesWindow.LastMinute);
        Assert.Multiple(() =>
        {
            Assert.That(points.Sum(point => point.Totals.Requests), Is.EqualTo(2));
            Assert.That(points[^20].Totals.Requests + points[^10].Totals.Requests, Is.EqualTo(2));
            Assert.That(points[^1].Start.AddSeconds(1), Is.EqualTo(fixture.Clock.GetUtcNow()));
        });
    }

    [Test]
    public void Upstream_that_left_service_keeps_its_series_for_an_hour()
    {
        using var fixture = new KeeperFixture();
        var upstream = fixture.NewUpstream();
        fixture.Slot.Switch(upstream);
        fixture.StatsOf(upstream).CountExchange(200, 1);
        fixture.Pass(1);
        fixture.Slot.Switch(fixture.NewUpstream());
        fixture.Pass(3600);
        Assert.That(Requests(), Is.EqualTo(1));

        fixture.Pass(2);

        Assert.That(Requests(), Is.Zero);

        // Traffic is switched back: what was served before is no news.
        fixture.Slot.Switch(upstream);
        fixture.StatsOf(upstream).CountExchange(200, 1);
        fixture.Pass(1);
        Assert.That(Requests(), Is.EqualTo(1));

        long Requests() => fixture.Keeper.SeriesOf(upstream).Read(SeriesWindow.Day).Sum(point => point.Totals.Requests);
    }

    [Test]
    public void Only_the_latest_previous_upstreams_keep_their_series()
    {
        using var fixture = new KeeperFixture();
        var upstreams = Enumerable.Range(0, 8).Select(_ => fixture.NewUpstream()).ToArray();
        foreach (var upstream in upstreams)
        {
            fixture.Slot.Switch(upstream);
            fixture.StatsOf(upstream).CountExchange(200, 1);
            fixture.Pass(1);
        }

        var counts = upstreams.Select(
            upstream => fixture.Keeper.SeriesOf(upstream).Read(SeriesWindow.LastMinute).Sum(point => point.Totals.Requests));

        Assert.That(counts, Is.EqualTo(new long[] { 0, 0, 1, 1, 1, 1, 1, 1 }));
    }

    [Test]
    public void Unrouted_requests_are_the_servers_only()
    {
        using var fixture = new KeeperFixture();
        fixture.Unrouted.CountExchange(400, 1);
        fixture.Stats.CountExchange(200, 1);
        fixture.Pass(1);

        var server = fixture.Keeper.ServerSeries.Read(SeriesWindow.LastMinute)[^1];

        Assert.That((server.Totals.Requests, server.Totals.Status4xx), Is.EqualTo((2, 1)));
        Assert.That(fixture.Keeper.SeriesOf(fixture.Application).Read(SeriesWindow.LastMinute)[^1].Totals.Requests, Is.EqualTo(1));
    }

    [Test]
    public void Stopped_keeper_sets_no_timer()
    {
        var fixture = new KeeperFixture();
        fixture.Pass(2);

        fixture.Dispose();

        Assert.That(fixture.Clock.CountTimers(), Is.Zero);
    }
}
