using System.Text;
using WunderProxy.Metrics;

namespace WunderProxy.Tests.Metrics;

/// <summary>The two text formats, by Prometheus's documentation and by OpenMetrics 1.0.</summary>
[Parallelizable]
internal sealed class MetricTextTests
{
    /// <summary>128 letters of which some are special in a format, or anywhere.</summary>
    private static readonly string OddName =
        string.Concat(Enumerable.Repeat("a\"b\\c\nd{e}f=g,h#i€ü\u0001 '🚀\r\t", 6))[..128];

    [Test]
    public void Counter_keeps_its_name_in_one_format_and_its_family_has_none_of_the_suffix_in_the_other()
    {
        var family = MetricFamily.Counter("wunderproxy_sent_bytes_total", "Bytes sent.").Add(3);

        Assert.Multiple(() =>
        {
            Assert.That(Prometheus(family), Is.EqualTo(
                """
                # HELP wunderproxy_sent_bytes_total Bytes sent.
                # TYPE wunderproxy_sent_bytes_total counter
                wunderproxy_sent_bytes_total 3

                """));
            Assert.That(OpenMetrics(family), Is.EqualTo(
                """
                # HELP wunderproxy_sent_bytes Bytes sent.
                # TYPE wunderproxy_sent_bytes counter
                # UNIT wunderproxy_sent_bytes bytes
                wunderproxy_sent_bytes_total 3
                # EOF

                """));
        });
    }

    [Test]
    public void Info_is_a_gauge_in_the_older_format()
    {
        var family = MetricFamily.Info("a_info", "Facts.").Add(1, new MetricLabel("x", "y"));

        Assert.That(Prometheus(family), Is.EqualTo("# HELP a_info Facts.\n# TYPE a_info gauge\na_info{x=\"y\"} 1\n"));
        Assert.That(OpenMetrics(family), Is.EqualTo("# HELP a Facts.\n# TYPE a info\na_info{x=\"y\"} 1\n# EOF\n"));
    }

    [Test]
    public void Histogram_has_cumulative_buckets_whose_last_one_is_the_count()
    {
        var family = new MetricFamily("a_seconds", MetricType.Histogram, "Time.") { Bounds = [0.5, 1, 2.5] }
            .Add(new MetricPoint([new("app", "shop")], 7.25) { Buckets = [1, 0, 2, 3], Count = 99 });

        Assert.That(OpenMetrics(family), Is.EqualTo(
            """
            # HELP a_seconds Time.
            # TYPE a_seconds histogram
            # UNIT a_seconds seconds
            a_seconds_bucket{app="shop",le="0.5"} 1
            a_seconds_bucket{app="shop",le="1.0"} 1
            a_seconds_bucket{app="shop",le="2.5"} 3
            a_seconds_bucket{app="shop",le="+Inf"} 6
            a_seconds_sum{app="shop"} 7.25
            a_seconds_count{app="shop"} 6
            # EOF

            """));
    }

    [Test]
    public void Label_values_and_helps_are_escaped_as_each_format_says()
    {
        var family = MetricFamily.Gauge("a", "Say \"x\\y\"\nthen.").Add(1, new MetricLabel("b", "\"x\\y\"\nz"));

        Assert.That(Prometheus(family), Is.EqualTo("# HELP a Say \"x\\\\y\"\\nthen.\n# TYPE a gauge\na{b=\"\\\"x\\\\y\\\"\\nz\"} 1\n"));
        Assert.That(OpenMetrics(family), Does.StartWith("# HELP a Say \\\"x\\\\y\\\"\\nthen.\n"));
    }

    [Test]
    public void Odd_name_of_128_letters_comes_back_from_a_line([Values] bool isOpenMetrics)
    {
        var family = MetricFamily.Gauge("a", "A.").Add(1, new MetricLabel("revision", OddName));

        var line = (isOpenMetrics ? OpenMetrics(family) : Prometheus(family)).Split('\n')[2];

        Assert.That(line, Does.StartWith("a{revision=\"").And.EndsWith("\"} 1"));
        Assert.That(Unescape(line["a{revision=\"".Length..^"\"} 1".Length]), Is.EqualTo(OddName));
    }

    [TestCase(double.NaN, "NaN")]
    [TestCase(double.PositiveInfinity, "+Inf")]
    [TestCase(double.NegativeInfinity, "-Inf")]
    [TestCase(1795338000, "1795338000")]
    [TestCase(0.1, "0.1")]
    [TestCase(1e22, "1E+22")]
    public void Numbers_are_those_of_the_formats(double value, string text)
    {
        Assert.That(Prometheus(MetricFamily.Gauge("a", "A.").Add(value)), Does.EndWith($"\na {text}\n"));
    }

    [Test]
    public void Lone_surrogate_makes_no_invalid_text()
    {
        var bytes = MetricText.Write([MetricFamily.Gauge("a", "A.").Add(1, new MetricLabel("b", "x\ud83dy"))], TextFormat.Prometheus);

        Assert.That(() => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes), Does.Contain("x\ufffdy"));
    }

    [Test]
    public void Family_without_points_is_left_out_and_one_with_too_many_is_cut()
    {
        var family = MetricFamily.Gauge("a", "A.");
        Assert.That(OpenMetrics(family), Is.EqualTo("# EOF\n"));

        for (var i = 0; i < MetricFamily.MaxPoints + 10; i++)
        {
            family.Add(i, new MetricLabel("i", $"{i}"));
        }

        Assert.That(family.Points, Has.Count.EqualTo(MetricFamily.MaxPoints));
    }

    [TestCase(null, TextFormat.Prometheus)]
    [TestCase("", TextFormat.Prometheus)]
    [TestCase("*/*", TextFormat.Prometheus)]
    [TestCase("text/html,*/*;q=0.1", TextFormat.Prometheus)]
    [TestCase("application/openmetrics-text", TextFormat.OpenMetrics)]
    [TestCase("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", TextFormat.OpenMetrics)]
    [TestCase("application/openmetrics-text; version=0.0.1, text/plain;q=0.5", TextFormat.Prometheus)]
    [TestCase("application/openmetrics-text;q=0.2, text/plain;q=0.5", TextFormat.Prometheus)]
    [TestCase("application/openmetrics-text;q=0, */*;q=0.1", TextFormat.Prometheus)]
    [TestCase("application/openmetrics-text;q=x", TextFormat.Prometheus)]
    [TestCase("Application/OpenMetrics-Text;Version=1.0.0;Q=0.9,text/plain;q=0.8", TextFormat.OpenMetrics)]
    public void Scraper_gets_what_it_prefers(string? accept, TextFormat format)
    {
        Assert.That(TextFormats.Choose(accept), Is.EqualTo(format));
    }

    [TestCase("wunderproxy_sent_bytes_total", MetricType.Counter, "wunderproxy.sent", "bytes")]
    [TestCase("wunderproxy_requests_total", MetricType.Counter, "wunderproxy.requests", "")]
    [TestCase("wunderproxy_build_info", MetricType.Info, "wunderproxy.build_info", "")]
    [TestCase("wunderproxy_response_seconds", MetricType.Summary, "wunderproxy.response", "seconds")]
    public void OpenTelemetry_name_has_neither_unit_nor_suffix(string name, MetricType type, string expected, string unit)
    {
        var family = new MetricFamily(name, type, "A.");

        Assert.That(family.OpenTelemetryName, Is.EqualTo(expected));
        Assert.That(family.Unit, Is.EqualTo(unit));
    }

    private static string Prometheus(MetricFamily family) => Encoding.UTF8.GetString(MetricText.Write([family], TextFormat.Prometheus));

    private static string OpenMetrics(MetricFamily family) => Encoding.UTF8.GetString(MetricText.Write([family], TextFormat.OpenMetrics));

    private static string Unescape(string value)
    {
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            text.Append(value[i] != '\\' ? value[i] : value[++i] == 'n' ? '\n' : value[i]);
        }

        return text.ToString();
    }
}
