using System.Net;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.ManagerApi.Collectors;
using WunderProxy.Metrics;

namespace WunderProxy.Tests.Metrics;

/// <summary>Exact histograms by revision, and what bounds their number.</summary>
[Parallelizable]
internal sealed class DurationMetricsTests
{
    private const string Requests = "http_server_request_duration_seconds";

    [Test]
    public void Requests_are_told_apart_by_revision_and_those_without_an_upstream_have_none()
    {
        var points = PointsOf(FullFacts.Traffic());

        Assert.That(points.Select(Words), Is.EquivalentTo(new[]
        {
            "GET 200 http 1.1  shop r42: 3 0 1",
            "_OTHER 503 https  NoUpstream shop : 1 0 0",
        }));
    }

    [Test]
    public void Fixed_upstream_and_requests_without_one_make_no_series_twice()
    {
        var labels = new RequestLabels("GET", 200, "http", "1.1", null);
        var traffic = FullFacts.Traffic(revision: string.Empty) with
        {
            Unrouted = FullFacts.Counters(new RequestDuration(labels, FullFacts.Durations(5, 0))),
        };

        Assert.That(PointsOf(traffic).Select(Words), Does.Contain("GET 200 http 1.1  shop : 8 0 1"));
        Assert.That(PointsOf(traffic).Select(point => string.Join(',', point.Labels)), Is.Unique);
    }

    [Test]
    public void Sets_of_labels_beyond_the_bound_are_one_series_and_no_request_is_lost()
    {
        var sets = Enumerable.Range(100, 500)
            .Select(status => new RequestDuration(new RequestLabels("GET", status, "http", "1.1", null), FullFacts.Durations(status, 0)));
        var counters = FullFacts.Counters([.. sets]);
        var traffic = FullFacts.Traffic() with
        {
            Revisions = [new RevisionCounters("r1", counters.Durations, counters.UpstreamHead, counters.UpstreamEnd)],
        };

        var points = PointsOf(traffic).Where(point => point.Labels.Contains(new MetricLabel("revision", "r1"))).ToArray();

        Assert.That(points, Has.Length.EqualTo(100));
        Assert.That(points.Sum(point => point.Buckets[0]), Is.EqualTo(Enumerable.Range(100, 500).Sum()));
    }

    [Test]
    public void Set_of_labels_that_comes_to_the_front_makes_no_counter_fall()
    {
        var labels = new LabelBound();
        var before = BucketsOf(Shown(labels, status => status));
        var after = BucketsOf(Shown(labels, status => 2000 - status));

        Assert.That(after.Keys, Is.EquivalentTo(before.Keys));
        Assert.That(before.Where(pair => after[pair.Key] < pair.Value), Is.Empty);

        static TrafficFacts Shown(LabelBound labels, Func<int, int> count)
        {
            var counters = FullFacts.Counters([.. Enumerable.Range(100, 500).Select(status => new RequestDuration(
                new RequestLabels("GET", status, "http", "1.1", null), FullFacts.Durations(count(status), 0)))]);
            return FullFacts.Traffic() with
            {
                Revisions = [new RevisionCounters("r1", counters.Durations, counters.UpstreamHead, counters.UpstreamEnd)],
                Labels = labels,
            };
        }
    }

    [Test]
    public void Requests_that_a_loop_could_not_tell_apart_are_among_the_others_and_no_series_comes_twice()
    {
        var sets = Enumerable.Range(100, 200)
            .Select(status => new RequestDuration(new RequestLabels("GET", status, "http", "1.1", null), FullFacts.Durations(1, 0)))
            .Append(new RequestDuration(RequestLabels.Overflow, FullFacts.Durations(1000, 0)));
        var counters = FullFacts.Counters([.. sets]);
        var traffic = FullFacts.Traffic() with
        {
            Revisions = [new RevisionCounters("r1", counters.Durations, counters.UpstreamHead, counters.UpstreamEnd)],
        };

        var points = PointsOf(traffic);

        Assert.That(points.Select(point => string.Join(',', point.Labels)), Is.Unique);
        Assert.That(points.Select(Words), Does.Contain("_OTHER 0 http   shop r1: 1101 0 0"));
    }

    [Test]
    public void Revision_launched_again_keeps_the_counts_of_its_earlier_upstream_and_a_retired_one_goes()
    {
        var table = new RevisionTable();
        var first = NewUpstream("r1");
        var second = NewUpstream("r1");
        var other = NewUpstream("r2");

        Assert.That(table.Read([first, other]).Select(counters => counters.Revision), Is.EqualTo(new[] { "r1", "r2" }));
        Assert.That(table.Read([first, second]).Select(counters => counters.Revision), Is.EqualTo(new[] { "r1" }), "r2 is forgotten");
        Assert.That(table.Read([second]).Select(counters => counters.Revision), Is.EqualTo(new[] { "r1" }));
        Assert.That(table.Read([]), Is.Empty);
    }

    private static Upstream NewUpstream(string revision) =>
        new(new IPEndPoint(IPAddress.Loopback, 1), "a", TimeProvider.System) { Revision = revision };

    private static IReadOnlyList<MetricPoint> PointsOf(TrafficFacts traffic) =>
        DurationMetrics.Of("shop", traffic).Single(family => family.Name == Requests).Points;

    private static Dictionary<string, long> BucketsOf(TrafficFacts traffic) => PointsOf(traffic).ToDictionary(
        point => string.Join(',', point.Labels), point => point.Buckets.Sum(), StringComparer.Ordinal);

    private static string Words(MetricPoint point) =>
        $"{string.Join(' ', point.Labels.Select(label => label.Value))}: {string.Join(' ', point.Buckets)}";
}
