using WunderProxy.ManagerApi.Collectors;
using WunderProxy.Metrics;
using WunderProxy.Metrics.Otlp;
using WunderProxy.TestSupport.Otlp;

namespace WunderProxy.Tests.Metrics;

/// <summary>The message for OTLP, as protobuf's own library reads it.</summary>
[Parallelizable]
internal sealed class MetricsRequestTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Start.AddSeconds(1.5);

    private static readonly MetricsSource Source = new([new("service.name", "wunderproxy-shop"), new("empty", "")], "1.2.3", Start);

    [Test]
    public void Resource_and_scope_say_who_sends()
    {
        var request = Write(MetricFamily.Gauge("a", "A.").Add(1)).ResourceMetrics.Single();

        Assert.That(
            OtlpReceiver.Words(request.Resource.Attributes),
            Is.EquivalentTo(new Dictionary<string, string>(StringComparer.Ordinal) { ["service.name"] = "wunderproxy-shop", ["empty"] = "" }));
        Assert.That(request.ScopeMetrics.Single().Scope, Is.EqualTo(new InstrumentationScope { Name = "wunderproxy", Version = "1.2.3" }));
    }

    [Test]
    public void Counter_is_a_cumulative_monotonic_sum_since_the_start()
    {
        var metric = Single(MetricFamily.Counter("wunderproxy_sent_bytes_total", "Bytes sent.").Add(7, new MetricLabel("app", "shop")));

        Assert.Multiple(() =>
        {
            Assert.That((metric.Name, metric.Description, metric.Unit), Is.EqualTo(("wunderproxy.sent", "Bytes sent.", "By")));
            Assert.That(metric.Sum.AggregationTemporality, Is.EqualTo(AggregationTemporality.Cumulative));
            Assert.That(metric.Sum.IsMonotonic, Is.True);
            var point = metric.Sum.DataPoints.Single();
            Assert.That(point.AsDouble, Is.EqualTo(7));
            Assert.That(point.StartTimeUnixNano, Is.EqualTo((ulong)Start.ToUnixTimeSeconds() * 1_000_000_000));
            Assert.That(point.TimeUnixNano - point.StartTimeUnixNano, Is.EqualTo(1_500_000_000));
            Assert.That(OtlpReceiver.Words(point.Attributes)["wunderproxy.app"], Is.EqualTo("shop"));
        });
    }

    [Test]
    public void Histogram_has_its_own_buckets_and_their_sum_as_the_count()
    {
        var metric = Single(new MetricFamily("http_server_request_duration_seconds", MetricType.Histogram, "Time.")
        {
            OpenTelemetryName = "http.server.request.duration",
            Bounds = [0.005, 0.5],
        }.Add(new MetricPoint([new("http_request_method", "GET"), new("http_response_status_code", "200")], 2.5) { Buckets = [4, 0, 300] }));

        var point = metric.Histogram.DataPoints.Single();
        Assert.Multiple(() =>
        {
            Assert.That((metric.Name, metric.Unit), Is.EqualTo(("http.server.request.duration", "s")));
            Assert.That(point.BucketCounts, Is.EqualTo(new ulong[] { 4, 0, 300 }));
            Assert.That(point.ExplicitBounds, Is.EqualTo(new[] { 0.005, 0.5 }));
            Assert.That((point.Count, point.Sum), Is.EqualTo((304ul, 2.5)));
            Assert.That(OtlpReceiver.Words(point.Attributes).Keys, Is.EqualTo(new[] { "http.request.method", "http.response.status_code" }));
        });
    }

    [Test]
    public void Summary_has_its_quantiles()
    {
        var metric = Single(new MetricFamily("a_seconds", MetricType.Summary, "A.")
            .Add(new MetricPoint([], 9) { Count = 3, Quantiles = [(0.5, 1), (0.99, 6)] }));

        var point = metric.Summary.DataPoints.Single();
        Assert.That((point.Count, point.Sum), Is.EqualTo((3ul, 9.0)));
        Assert.That(point.QuantileValues.Select(value => (value.Quantile, value.Value)), Is.EqualTo(new[] { (0.5, 1.0), (0.99, 6.0) }));
    }

    [Test]
    public void All_metrics_of_an_instance_come_through_whole()
    {
        var revision = new string('é', 64) + "\"\n\\🚀";
        var families = MetricCollection.Of(FullFacts.Of(revision), FullFacts.Traffic(revision));

        var metrics = Write([.. families]).ResourceMetrics.Single().ScopeMetrics.Single().Metrics;

        Assert.Multiple(() =>
        {
            Assert.That(metrics.Select(metric => metric.Name), Is.EqualTo(families.Select(family => family.OpenTelemetryName)));
            Assert.That(metrics.Select(PointsOf), Is.EqualTo(families.Select(family => family.Points.Count)));
            Assert.That(metrics.Single(metric => metric.Name == "wunderproxy.release_info").ToString(), Does.Contain(new string('é', 64)));
        });
    }

    [Test]
    public void Long_message_has_the_right_lengths()
    {
        var family = MetricFamily.Gauge("a", "A.");
        for (var i = 0; i < MetricFamily.MaxPoints; i++)
        {
            family.Add(i, new MetricLabel("name", new string('x', i + 1)));
        }

        var points = Single(family).Gauge.DataPoints;

        Assert.That(points.Select(point => point.Attributes.Single().Value.StringValue.Length), Is.EqualTo(Enumerable.Range(1, MetricFamily.MaxPoints)));
    }

    private static int PointsOf(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Count,
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Count,
        Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Count,
        Metric.DataOneofCase.Summary => metric.Summary.DataPoints.Count,
        _ => -1,
    };

    private static Metric Single(MetricFamily family) => Write(family).ResourceMetrics.Single().ScopeMetrics.Single().Metrics.Single();

    private static ExportMetricsServiceRequest Write(params MetricFamily[] families) =>
        ExportMetricsServiceRequest.Parser.ParseFrom(MetricsRequest.Write(families, Source, Now).Span);
}
