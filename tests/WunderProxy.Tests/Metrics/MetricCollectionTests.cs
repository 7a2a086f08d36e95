using System.Text.RegularExpressions;
using WunderProxy.ManagerApi.Collectors;
using WunderProxy.Metrics;

namespace WunderProxy.Tests.Metrics;

/// <summary>The metrics as a whole: their names, and that documentation and program have the same ones.</summary>
[Parallelizable]
internal sealed partial class MetricCollectionTests
{
    /// <summary>What dashboards of today ask for; a name goes only with the next major release.</summary>
    private static readonly string[] OldNames =
    [
        "wunderproxy_build_info", "wunderproxy_uptime_seconds", "wunderproxy_available", "wunderproxy_paused", "wunderproxy_draining",
        "wunderproxy_docker_ok", "wunderproxy_store_ok", "wunderproxy_heap_bytes", "wunderproxy_log_dropped_total",
        "wunderproxy_responses_total", "wunderproxy_requests_total", "wunderproxy_gateway_errors_total", "wunderproxy_aborted_total",
        "wunderproxy_received_bytes_total", "wunderproxy_sent_bytes_total", "wunderproxy_response_seconds", "wunderproxy_connections",
        "wunderproxy_accepted_total", "wunderproxy_refused_total", "wunderproxy_waiting", "wunderproxy_access_log_dropped_total",
        "wunderproxy_upstream_info", "wunderproxy_in_flight", "wunderproxy_draining_in_flight", "wunderproxy_buffer_bytes",
        "wunderproxy_buffer_limit_bytes", "wunderproxy_buffer_spills_total", "wunderproxy_fallback_sent_total",
        "wunderproxy_fallback_failed_total", "wunderproxy_fallback_over_budget_total", "wunderproxy_fallback_received_total",
        "wunderproxy_fallback_not_believed_total", "wunderproxy_fallback_in_flight", "wunderproxy_peer_reachable",
        "wunderproxy_acme_certificate_expiry_timestamp_seconds", "wunderproxy_acme_order_failures", "wunderproxy_tls_handshakes_total",
        "wunderproxy_tls_handshake_versions_total", "wunderproxy_tls_handshake_failures_total", "wunderproxy_tls_certificate_days_left",
        "wunderproxy_tls_certificates",
    ];

    private static IReadOnlyList<MetricFamily> All { get; } = MetricCollection.Of(FullFacts.Of(), FullFacts.Traffic());

    [Test]
    public void Names_of_earlier_releases_are_there()
    {
        Assert.That(OldNames.Except(All.Select(family => family.Name), StringComparer.Ordinal), Is.Empty);
    }

    [Test]
    public void Names_are_those_of_a_metric_and_unlike_each_other()
    {
        Assert.Multiple(() =>
        {
            Assert.That(All.Select(family => family.Name), Is.Unique);
            Assert.That(All.Select(family => family.BaseName), Is.Unique);
            Assert.That(All.Select(family => family.OpenTelemetryName), Is.Unique);
            Assert.That(All.Select(family => family.Name), Has.All.Match("^[a-z][a-z0-9_]*$"));
            Assert.That(All.Select(family => family.Help), Has.All.Match(@"^[A-Z0-9].*\.$"));
            Assert.That(
                All.SelectMany(family => family.Points).SelectMany(point => point.Labels).Select(label => label.Name),
                Has.All.Match("^[a-z][a-z_]*$"));
        });
    }

    [Test]
    public void Every_metric_has_a_point_where_all_is_configured()
    {
        Assert.That(All.Where(family => family.Points.Count == 0).Select(family => family.Name), Is.Empty);
    }

    [Test]
    public void Documentation_has_every_metric_with_its_type_and_no_other()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var section = page[page.IndexOf("\n## Metrics\n", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n### ", 5, StringComparison.Ordinal)];
        var documented = section.Split('\n')
            .Select(line => line.Split('|'))
            .Where(cells => cells.Length > 3)
            .SelectMany(cells => Quoted().Matches(cells[1]).Select(name => $"{name.Groups["name"].Value} {cells[2].Trim()}"));

        Assert.That(documented, Is.EquivalentTo(All.Select(family => $"{family.Name} {family.Type.ToString().ToLowerInvariant()}")));
    }

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.None, 1000)]
    private static partial Regex Quoted();
}
