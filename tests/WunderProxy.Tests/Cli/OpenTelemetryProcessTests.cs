using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Otlp;

namespace WunderProxy.Tests.Cli;

/// <summary>What the running program sends to an OpenTelemetry receiver, and says where it cannot.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed partial class OpenTelemetryProcessTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Metrics_reach_the_receiver_at_each_interval_and_at_the_end()
    {
        await using var upstream = new HttpUpstream();
        await using var receiver = new OtlpReceiver(new OtlpAnswer(503));
        using var program = Start(
            [
                ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", $"{receiver.Address}v1/metrics"), ("OTEL_METRIC_EXPORT_INTERVAL", "300"),
                ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"), ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test"),
            ],
            "forward", "--upstream", upstream.Address, "--proxy", "127.0.0.1:0", "--access-log", "none");
        var proxy = ProxyAddress().Match(await LineAsync(program, "proxy on")).Groups["address"].Value;
        using var client = new HttpClient();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await client.GetAsync(new Uri($"http://{proxy}/"));
        }

        await LineAsync(program, "metrics do not reach");
        await LineAsync(program, "metrics reach");
        var exports = receiver.Exports.Count;
        using (var deadline = new CancellationTokenSource(Deadline))
        {
            while (receiver.Exports.Count < exports + 2)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
            }
        }

        using (var answer = await client.GetAsync(new Uri($"http://{proxy}/")))
        {
        }

        Signal(program, "TERM");
        var code = await EndAsync(program);

        var metrics = receiver.Metrics;
        var resource = OtlpReceiver.Words(receiver.Exports[^1].ResourceMetrics.Single().Resource.Attributes);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.Zero);
            Assert.That(metrics["wunderproxy.requests"].Sum.DataPoints.Single().AsDouble, Is.EqualTo(4), "the last export has all requests");
            Assert.That(metrics["wunderproxy.requests"].Sum.AggregationTemporality, Is.EqualTo(AggregationTemporality.Cumulative));
            Assert.That(resource["service.name"], Is.EqualTo("wunderproxy"));
            Assert.That(resource["deployment.environment.name"], Is.EqualTo("test"));
            Assert.That(resource["service.instance.id"], Has.Length.EqualTo(36));
            Assert.That(receiver.Calls.Select(call => call.Encoding), Is.All.EqualTo("gzip"));
        });
    }

    [Test]
    public async Task Receiver_that_is_away_costs_one_line_and_the_proxy_serves()
    {
        await using var upstream = new HttpUpstream();
        using var program = Start(
            [("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://127.0.0.1:{FreePort.Next()}"), ("OTEL_METRIC_EXPORT_INTERVAL", "20"), ("OTEL_BSP_SCHEDULE_DELAY", "20")],
            "forward", "--upstream", upstream.Address, "--proxy", "127.0.0.1:0", "--access-log", "none");
        var proxy = ProxyAddress().Match(await LineAsync(program, "proxy on")).Groups["address"].Value;
        using var client = new HttpClient();
        await LineAsync(program, "metrics do not reach");
        for (var i = 0; i < 100; i++)
        {
            using var answer = await client.GetAsync(new Uri($"http://{proxy}/"));
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        Signal(program, "TERM");
        var rest = await program.StandardError.ReadToEndAsync();

        Assert.That(await EndAsync(program), Is.Zero);
        Assert.That(rest, Does.Not.Contain("metrics do not reach"));
    }

    [Test]
    public async Task Sampled_requests_arrive_as_server_spans_below_their_parents()
    {
        await using var upstream = new HttpUpstream();
        await using var receiver = new OtlpReceiver(new OtlpAnswer(503, "0"));
        using var program = Start(
            [
                ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", $"{receiver.Address}v1/traces"), ("OTEL_BSP_SCHEDULE_DELAY", "100"),
                ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=s3cret"), ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"), ("OTEL_SERVICE_NAME", "edge"),
            ],
            "forward", "--upstream", upstream.Address, "--proxy", "127.0.0.1:0", "--access-log", "json");
        var proxy = ProxyAddress().Match(await LineAsync(program, "proxy on")).Groups["address"].Value;

        await AskAsync(proxy, "/sampled?token=x", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        await AskAsync(proxy, "/unsampled", "00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203331-00");
        await AskAsync(proxy, "/root", null);
        Signal(program, "TERM");
        var log = await program.StandardOutput.ReadToEndAsync();
        var code = await EndAsync(program);

        var all = receiver.Spans.DistinctBy(item => item.Span.SpanId).ToLookup(item => item.Span.Kind);
        var spans = all[Span.Types.SpanKind.Server].ToDictionary(
            item => OtlpReceiver.Words(item.Span.Attributes)["url.path"], StringComparer.Ordinal);
        var attempts = all[Span.Types.SpanKind.Client].Select(item => item.Span).ToArray();
        Assert.That(spans.Keys, Is.EquivalentTo(new[] { "/sampled", "/root" }));
        var sampled = spans["/sampled"].Span;
        var root = spans["/root"].Span;
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.Zero);
            Assert.That(Hex(sampled.TraceId), Is.EqualTo("0af7651916cd43dd8448eb211c80319c"));
            Assert.That(Hex(sampled.ParentSpanId), Is.EqualTo("b7ad6b7169203331"));
            Assert.That((sampled.Name, sampled.Kind), Is.EqualTo(("GET", Span.Types.SpanKind.Server)));
            Assert.That(sampled.EndTimeUnixNano, Is.GreaterThan(sampled.StartTimeUnixNano));
            Assert.That(root.ParentSpanId, Is.Empty);
            Assert.That(OtlpReceiver.Words(spans["/root"].Resource.Attributes)["service.name"], Is.EqualTo("edge"));
            Assert.That(OtlpReceiver.Words(sampled.Attributes)["http.response.status_code"], Is.EqualTo("200"));
            Assert.That(OtlpReceiver.Words(sampled.Attributes)["wunderproxy.upstream"], Is.EqualTo(upstream.Address));
            Assert.That(attempts.Select(attempt => attempt.ParentSpanId), Is.EquivalentTo(new[] { sampled.SpanId, root.SpanId }));
            Assert.That(attempts.Select(attempt => attempt.TraceId), Is.EquivalentTo(new[] { sampled.TraceId, root.TraceId }));
            Assert.That(
                attempts.Select(attempt => OtlpReceiver.Words(attempt.Attributes)).Select(words => $"{words["server.address"]}:{words["server.port"]}"),
                Is.All.EqualTo(upstream.Address));
            Assert.That(receiver.Calls.Select(call => call.Headers["api-key"]), Is.All.EqualTo("s3cret"));
            Assert.That(receiver.Calls.Select(call => call.Encoding), Is.All.EqualTo("gzip"));
            Assert.That(log, Does.Contain($"\"trace_id\":\"{Hex(sampled.TraceId)}\",\"span_id\":\"{Hex(sampled.SpanId)}\""));
            Assert.That(log, Does.Contain($"\"trace_id\":\"{Hex(root.TraceId)}\",\"span_id\":\"{Hex(root.SpanId)}\""));
        });
    }

    [Test]
    public async Task One_percent_is_about_one_of_a_hundred()
    {
        const int Requests = 5_000;
        await using var upstream = new HttpUpstream();
        await using var receiver = new OtlpReceiver();
        using var program = Start(
            [
                ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", $"{receiver.Address}v1/traces"), ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
                ("OTEL_TRACES_SAMPLER_ARG", "0.01"),
            ],
            "forward", "--upstream", upstream.Address, "--proxy", "127.0.0.1:0", "--access-log", "none");
        var proxy = ProxyAddress().Match(await LineAsync(program, "proxy on")).Groups["address"].Value;
        using var client = new HttpClient();

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, cancellationToken) =>
        {
            using var answer = await client.GetAsync(new Uri($"http://{proxy}/"), cancellationToken);
        });
        Signal(program, "TERM");

        Assert.That(await EndAsync(program), Is.Zero);

        // 50 are expected, with a standard deviation of 7.
        var spans = receiver.Spans.Where(item => item.Span.Kind == Span.Types.SpanKind.Server).ToArray();
        Assert.That(spans, Has.Length.InRange(5, 120));
        Assert.That(spans.Select(item => Hex(item.Span.TraceId)), Is.Unique);
    }

    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]
    [TestCase("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]
    public async Task Bad_value_ends_with_code_2_and_one_line(string variable, string value)
    {
        using var program = Start(
            [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), (variable, value)],
            "forward", "--upstream", "127.0.0.1:1", "--proxy", "127.0.0.1:0");

        Assert.That(await EndAsync(program), Is.EqualTo(2));
        Assert.That(await program.StandardError.ReadToEndAsync(), Does.Match($"^wunderproxy: {variable}: '{value}' is not (an address|supported).*\n$"));
    }

    [GeneratedRegex(@"proxy on (?<address>\S+)", RegexOptions.None, 1000)]
    private static partial Regex ProxyAddress();

    private static string Hex(Google.Protobuf.ByteString id) => Convert.ToHexStringLower(id.Span);

    private static async Task AskAsync(string proxy, string target, string? parent)
    {
        // A handler of its own, which adds no field of its own.
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{proxy}{target}"));
        if (parent is not null)
        {
            request.Headers.Add("traceparent", parent);
        }

        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private static Process Start((string Name, string Value)[] variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "wunderproxy"), arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["NO_PROXY"] = "*";
        return Process.Start(start)!;
    }

    private static async Task<string> LineAsync(Process program, string text)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (await program.StandardError.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new AssertionException($"the program ended without a line with '{text}'");
    }

    private static async Task<int> EndAsync(Process program)
    {
        try
        {
            using var deadline = new CancellationTokenSource(Deadline);
            await program.WaitForExitAsync(deadline.Token);
            return program.ExitCode;
        }
        finally
        {
            program.Kill();
        }
    }

    private static void Signal(Process program, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{program.Id}"]);
        kill.WaitForExit();
    }
}
