using WunderProxy.Configuration;

namespace WunderProxy.Tests.Configuration;

/// <summary>OpenTelemetry's environment variables, by its specification.</summary>
[Parallelizable]
internal sealed class OpenTelemetryEnvironmentTests
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    [Test]
    public void Without_an_endpoint_nothing_is_sent_and_nothing_else_is_judged()
    {
        var options = Read(("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("OTEL_TRACES_SAMPLER", "nonsense"), (Endpoint, "  "));

        Assert.That(options.Metrics, Is.Null);
        Assert.That(options.Traces, Is.Null);
    }

    [Test]
    public void Endpoint_is_a_folder_for_both_signals_and_defaults_are_those_of_the_specification()
    {
        var options = Read((Endpoint, "https://collector:4318/otlp/"));

        Assert.Multiple(() =>
        {
            Assert.That(options.Metrics!.Endpoint, Is.EqualTo(new Uri("https://collector:4318/otlp/v1/metrics")));
            Assert.That(options.Traces!.Endpoint, Is.EqualTo(new Uri("https://collector:4318/otlp/v1/traces")));
            Assert.That(options.Metrics.Timeout, Is.EqualTo(TimeSpan.FromSeconds(10)));
            Assert.That(options.Metrics.UsesGzip, Is.False);
            Assert.That(options.MetricInterval, Is.EqualTo(TimeSpan.FromSeconds(60)));
            Assert.That((options.FollowsParent, options.SampledShare), Is.EqualTo((true, 1.0)));
        });
    }

    [Test]
    public void Variables_of_a_signal_go_before_the_common_ones()
    {
        var options = Read(
            (Endpoint, "http://a:1"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://b:2/exactly"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "key=common"),
            ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "api-key=a%20b , second=c=d"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "500"),
            ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "250"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "none"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "5000"));

        Assert.Multiple(() =>
        {
            Assert.That(options.Metrics!.Endpoint, Is.EqualTo(new Uri("http://b:2/exactly")));
            Assert.That(options.Traces!.Endpoint, Is.EqualTo(new Uri("http://a:1/v1/traces")));
            Assert.That(options.Metrics.Headers, Is.EqualTo(new KeyValuePair<string, string>[] { new("api-key", "a b"), new("second", "c=d") }));
            Assert.That(options.Traces.Headers, Is.EqualTo(new KeyValuePair<string, string>[] { new("key", "common") }));
            Assert.That((options.Metrics.Timeout.TotalMilliseconds, options.Traces.Timeout.TotalMilliseconds), Is.EqualTo((500.0, 250.0)));
            Assert.That((options.Metrics.UsesGzip, options.Traces.UsesGzip), Is.EqualTo((true, false)));
            Assert.That(options.MetricInterval, Is.EqualTo(TimeSpan.FromSeconds(5)));
        });
    }

    [Test]
    public void One_signal_alone_can_be_sent()
    {
        Assert.That(Read(("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://a:1/t")).Metrics, Is.Null);
        Assert.That(Read((Endpoint, "http://a:1"), ("OTEL_TRACES_EXPORTER", "none")).Traces, Is.Null);
        Assert.That(Read((Endpoint, "http://a:1"), ("OTEL_SDK_DISABLED", "TRUE")).Metrics, Is.Null);
    }

    [TestCase("always_on", null, false, 1)]
    [TestCase("always_off", null, false, 0)]
    [TestCase("traceidratio", "0.25", false, 0.25)]
    [TestCase("traceidratio", null, false, 1)]
    [TestCase("parentbased_always_on", "0.1", true, 1)]
    [TestCase("parentbased_always_off", null, true, 0)]
    [TestCase("parentbased_traceidratio", "0.01", true, 0.01)]
    [TestCase("parentbased_traceidratio", "0", true, 0)]
    public void Sampler_says_whom_to_follow_and_how_many_else(string sampler, string? argument, bool followsParent, double share)
    {
        var options = Read((Endpoint, "http://a:1"), ("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", argument ?? ""));

        Assert.That((options.FollowsParent, options.SampledShare), Is.EqualTo((followsParent, share)));
    }

    [Test]
    public void Service_name_goes_before_the_attribute()
    {
        var options = Read(
            (Endpoint, "http://a:1"), ("OTEL_SERVICE_NAME", "edge"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=x,team=a%2Cb"));

        Assert.That(options.ResourceAttributes, Is.EqualTo(new KeyValuePair<string, string>[] { new("service.name", "edge"), new("team", "a,b") }));
    }

    [TestCase(Endpoint, "collector:4318")]
    [TestCase(Endpoint, "ftp://collector")]
    [TestCase(Endpoint, "/v1")]
    [TestCase("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://")]
    [TestCase("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]
    [TestCase("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json")]
    [TestCase("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd")]
    [TestCase("OTEL_EXPORTER_OTLP_TIMEOUT", "10s")]
    [TestCase("OTEL_EXPORTER_OTLP_TIMEOUT", "0")]
    [TestCase("OTEL_EXPORTER_OTLP_HEADERS", "novalue")]
    [TestCase("OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0ac")]
    [TestCase("OTEL_EXPORTER_OTLP_CERTIFICATE", "/no/such/file.pem")]
    [TestCase("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta")]
    [TestCase("OTEL_METRICS_EXPORTER", "prometheus")]
    [TestCase("OTEL_METRIC_EXPORT_INTERVAL", "-1")]
    [TestCase("OTEL_TRACES_SAMPLER", "jaeger_remote")]
    [TestCase("OTEL_RESOURCE_ATTRIBUTES", "=x")]
    public void Bad_value_is_named_with_its_variable(string variable, string value)
    {
        Assert.That(
            () => Read(variable == Endpoint ? ("IGNORED", "") : (Endpoint, "http://a:1"), (variable, value)),
            Throws.TypeOf<UsageException>().With.Message.StartsWith(variable));
    }

    [TestCase("1.5")]
    [TestCase("-0.5")]
    [TestCase("1%")]
    public void Bad_share_is_named(string share)
    {
        Assert.That(
            () => Read((Endpoint, "http://a:1"), ("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", share)),
            Throws.TypeOf<UsageException>().With.Message.StartsWith("OTEL_TRACES_SAMPLER_ARG"));
    }

    [Test]
    public void Secret_of_a_header_is_not_quoted()
    {
        Assert.That(
            () => Read((Endpoint, "http://a:1"), ("OTEL_EXPORTER_OTLP_HEADERS", "good=1,s3cret")),
            Throws.TypeOf<UsageException>().With.Message.Not.Contains("s3cret"));
    }

    private static OpenTelemetryOptions Read(params (string Name, string Value)[] variables) =>
        new OpenTelemetryEnvironment(name => variables.FirstOrDefault(variable => variable.Name == name).Value).Read();
}
