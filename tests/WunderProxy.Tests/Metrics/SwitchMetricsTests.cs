using System.Net;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.ManagerApi.Collectors;
using WunderProxy.Metrics;

namespace WunderProxy.Tests.Metrics;

/// <summary>What metrics tell of the control plane's work.</summary>
[Parallelizable]
internal sealed class SwitchMetricsTests
{
    private static IReadOnlyList<MetricFamily> All { get; } = MetricCollection.Of(FullFacts.Of(), FullFacts.Traffic());

    [Test]
    public void Counters_have_a_point_for_each_pair_of_labels() => Assert.Multiple(() =>
    {
        Assert.That(Words("wunderproxy_switch_total"), Is.EqualTo(new[] { "shop deploy switched: 3", "shop guard switched: 1" }));
        Assert.That(Words("wunderproxy_auto_rollbacks_total"), Is.EqualTo(new[] { "shop errors: 1" }));
        Assert.That(Words("wunderproxy_drain_aborted_total"), Is.EqualTo(new[] { "shop exchange: 0", "shop upgraded: 4" }));
        Assert.That(Words("wunderproxy_engine_requests_total"), Is.EqualTo(new[] { "container_inspect ok: 6", "image_pull not_found: 6" }));
        Assert.That(Words("wunderproxy_store_operations_total"), Is.EqualTo(new[] { "get ok: 6", "put denied: 6" }));
        Assert.That(Words("wunderproxy_store_pending_writes"), Is.EqualTo(new[] { "shop: 2" }));
        Assert.That(Words("wunderproxy_switch_epoch"), Is.EqualTo(new[] { "shop: 7" }));
        Assert.That(Words("wunderproxy_upstream_connections"), Is.EqualTo(new[] { "shop r42 active: 2", "shop r42 idle: 5" }));
        Assert.That(Words("wunderproxy_disk_free_bytes"), Is.EqualTo(new[] { "state: 1073741824" }));
    });

    [Test]
    public void Histogram_of_health_checks_has_the_good_ones_and_the_counter_only_failures()
    {
        var checks = Family("wunderproxy_health_check_duration_seconds");

        Assert.That(checks.Points.Select(point => point.Labels[^1].Value), Is.EqualTo(new[] { "ok", "status_5xx" }));
        Assert.That((checks.Bounds, checks.Points[0].Buckets), Is.EqualTo((new[] { 0.1, 1 }, new[] { 4L, 2, 0 })));
        Assert.That(Words("wunderproxy_health_check_failures_total"), Is.EqualTo(new[] { "shop r42 status_5xx: 6" }));
    }

    [Test]
    public void Release_in_service_comes_first_and_equal_ones_are_one_series()
    {
        var facts = FullFacts.Of();
        var kept = new ReleaseView("2", "r40", "sha256:40", "kept");
        var twice = facts with { Lifecycle = facts.Lifecycle with { Releases = [kept, .. facts.Lifecycle.Releases, kept] } };

        var points = MetricCollection.Of(twice, FullFacts.Traffic()).Single(family => family.Name == "wunderproxy_release_info").Points;

        Assert.That(
            points.Select(point => string.Join(' ', point.Labels.Where(label => label.Name is not ("app" or "config")).Select(label => label.Value))),
            Is.EqualTo(new[] { "r42 sha256:42 current", "r40 sha256:40 kept", "r41 sha256:41 draining" }));
    }

    [Test]
    public void Program_without_a_control_plane_has_none_of_them()
    {
        var names = MetricCollection.Of(FullFacts.Of(), FullFacts.Traffic() with { Lifecycle = null, Epoch = null })
            .Where(family => family.Points.Count > 0).Select(family => family.Name);

        Assert.That(names, Has.None.StartsWith("wunderproxy_switch").And.None.StartsWith("wunderproxy_store_op").And.None.StartsWith("wunderproxy_engine_req"));
    }

    [Test]
    public void Volume_is_that_of_the_nearest_folder_that_exists_and_a_bad_path_is_left_out()
    {
        var missing = Path.Combine(Path.GetTempPath(), "not", "made", "yet");

        var read = VolumeSpace.Read(new Dictionary<string, string>(StringComparer.Ordinal) { ["buffers"] = missing, ["state"] = "" });

        Assert.That(read.Select(volume => volume.Name), Is.EqualTo(new[] { "buffers" }));
        Assert.That(read[0].FreeBytes, Is.Positive);
    }

    [Test]
    public void Connections_of_an_upstream_that_is_forgotten_are_not_counted_with_its_revision()
    {
        var part = new RevisionCounters("r1", new RequestDurations([]), FullFacts.Durations(1, 0), FullFacts.Durations(1, 0))
        {
            Connections = new UpstreamConnectionCounts(1, 2),
        };
        var table = new RevisionTable();
        var first = new Upstream(new IPEndPoint(IPAddress.Loopback, 1), "a", TimeProvider.System) { Revision = "r1" };

        Assert.That(RevisionCounters.Merge([part, part]).Connections, Is.EqualTo(new UpstreamConnectionCounts(2, 4)));
        Assert.That(table.Read([first]).Single().Connections, Is.EqualTo(default(UpstreamConnectionCounts)));
    }

    private static MetricFamily Family(string name) => All.Single(family => family.Name == name);

    private static IEnumerable<string> Words(string name) =>
        Family(name).Points.Select(point => $"{string.Join(' ', point.Labels.Select(label => label.Value))}: {point.Value}");
}
