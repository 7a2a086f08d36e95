using System.Globalization;
using System.Net;
using System.Text;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.IntegrationTests.Scripts;

namespace WunderProxy.IntegrationTests.Monitoring;

/// <summary>Debian's Prometheus scrapes two real instances, answers what an operator asks, and alerts.</summary>
[Parallelizable]
internal sealed class PrometheusTests
{
    private static readonly string Rules = File.ReadAllText(Repository.PathOf("docs/monitoring/alerts.yml"));

    [Test]
    public async Task Two_instances_are_scraped_and_asked_for_rate_and_quantile_and_an_alert_fires()
    {
        // One request in ten takes at least 0.3 s, and one in five fails: the quantile and the alert below.
        await using var application = new TestHttpServer(async context =>
        {
            var number = int.Parse(context.Request.Url!.AbsolutePath[1..]);
            context.Response.StatusCode = number % 5 == 0 ? 500 : 200;
            if (number % 10 == 1)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
            }

            return "hello";
        });
        var apis = new[] { WunderProxyProcess.FreeEndPoint(), WunderProxyProcess.FreeEndPoint() };
        using var first = await ForwardProcess.StartAsync(application.EndPoint, "--api", $"{apis[0]}", "--access-log", "none");
        using var second = await ForwardProcess.StartAsync(application.EndPoint, "--api", $"{apis[1]}", "--access-log", "none");
        using var prometheus = new PrometheusServer(InSeconds(Rules), [.. apis.Select(api => $"{api}")]);
        using var ended = new CancellationTokenSource();
        var load = Task.WhenAll(AskAsync(first.Address, ended.Token), AskAsync(second.Address, ended.Token));

        var up = await prometheus.QueryAsync("up == 1 and on (instance) wunderproxy_available == 1", results => results.Count == 2);
        var rates = await prometheus.QueryAsync(
            "rate(wunderproxy_requests_total[10s])", results => results.Count == 2 && results.All(result => result.Value > 1));
        var quantile = await prometheus.QueryAsync(
            "histogram_quantile(0.99, sum by (job, le) (rate(http_server_request_duration_seconds_bucket[10s])))",
            results => results is [{ Value: > 0.25 }]);
        var alert = await prometheus.QueryAsync(
            "ALERTS{alertname=\"WunderProxyErrorShare\",alertstate=\"firing\"}", results => results.Count == 1);
        var silent = await prometheus.QueryAsync("ALERTS{alertname=\"WunderProxyDown\"} or vector(0)", results => results.Count > 0);
        await ended.CancelAsync();
        await load;

        Assert.Multiple(() =>
        {
            Assert.That(up.Select(result => result.Labels), Has.One.Contains($"{apis[0]}").And.One.Contains($"{apis[1]}"));
            Assert.That(rates, Has.Count.EqualTo(2));

            // No upper bound is near: a busy machine answers later, not faster.
            Assert.That(quantile.Single().Value, Is.InRange(0.25, 60));
            Assert.That(alert.Single().Labels, Does.Contain("critical"));
            Assert.That(silent.Single().Value, Is.Zero);
        });
    }

    [Test]
    public async Task Promtool_finds_nothing_wrong_with_metrics_but_a_name_of_an_earlier_release()
    {
        await using var application = new TestHttpServer(_ => Task.FromResult("hello"));
        var api = WunderProxyProcess.FreeEndPoint();
        using var instance = await ForwardProcess.StartAsync(application.EndPoint, "--api", $"{api}", "--access-log", "none");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await client.GetStringAsync(instance.Address);

        var text = await client.GetByteArrayAsync(new Uri($"http://{api}/metrics"));
        using var input = new MemoryStream(text);
        var result = await HostProgram.RunAsync("promtool", ["check", "metrics"], input: input);

        Assert.That(Encoding.UTF8.GetString(text), Does.Contain("http_server_request_duration_seconds_bucket"));
        Assert.That(result.Output + result.Errors, Is.Empty.Or.Matches("^wunderproxy_tls_certificate_days_left use base unit [^\n]*\n$"));
    }

    [Test]
    public async Task Deploys_of_a_real_program_are_in_its_metrics()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        await service.DeployAsync(LaunchConfigText.Of("r2"));
        await service.WaitUntilServingAsync("r2");
        var metrics = await MetricsAsync(service);
        await Eventually.TrueAsync("the end of the drain, and of all writes", async () =>
        {
            metrics = await MetricsAsync(service);
            return metrics[Series("store_pending_writes")] == 0
                && metrics.GetValueOrDefault(Series("drain_duration_seconds_count", "result=\"ended\"")) == 1;
        });

        Assert.Multiple(() =>
        {
            Assert.That(metrics[Series("switch_total", "type=\"deploy\",result=\"switched\"")], Is.EqualTo(2));
            Assert.That(metrics[Series("switch_epoch")], Is.EqualTo(2));
            Assert.That(metrics[Series("launch_duration_seconds_count", "phase=\"total\",result=\"ok\"")], Is.EqualTo(2));
            Assert.That(metrics[Series("launch_duration_seconds_sum", "phase=\"total\",result=\"ok\"")], Is.InRange(0.01, 120));
            Assert.That(metrics[Series("drain_aborted_total", "class=\"exchange\"")], Is.Zero);
            Assert.That(metrics["wunderproxy_engine_requests_total{operation=\"container_create\",result=\"ok\"}"], Is.EqualTo(2));
            Assert.That(metrics["wunderproxy_engine_requests_total{operation=\"version\",result=\"ok\"}"], Is.Positive);
            Assert.That(metrics["wunderproxy_store_operations_total{operation=\"put\",result=\"ok\"}"], Is.GreaterThanOrEqualTo(4));
            Assert.That(metrics["wunderproxy_disk_free_bytes{volume=\"state\"}"], Is.Positive);
            Assert.That(metrics["wunderproxy_disk_free_bytes{volume=\"store\"}"], Is.Positive);
            Assert.That(metrics[Series("proxy_overhead_seconds_count")], Is.Positive);
            Assert.That(metrics[Series("upstream_connections", "revision=\"r2\",state=\"active\"")], Is.Zero);
            Assert.That(metrics[Series("health_check_duration_seconds_count", "revision=\"r2\",reason=\"ok\"")], Is.Positive);
            Assert.That(metrics.Keys.Where(key => key.StartsWith("wunderproxy_release_info{", StringComparison.Ordinal)),
                Has.One.Match("revision=\"r2\",image_digest=\"sha256:[0-9a-f]{64}\",state=\"current\""));
            Assert.That(metrics.Keys, Has.None.Contains("operation=\"other\""));
        });

        string Series(string name, string labels = "") =>
            $"wunderproxy_{name}{{app=\"{service.App}\"{(labels.Length > 0 ? "," : "")}{labels}}}";
    }

    [Test]
    public async Task Promtool_accepts_the_alert_rules()
    {
        var result = await HostProgram.SucceedAsync("promtool", ["check", "rules", Repository.PathOf("docs/monitoring/alerts.yml")]);

        Assert.That(result.Output, Does.Contain("SUCCESS"));
    }

    /// <summary>The rules with windows of seconds, for a test that does not last minutes.</summary>
    private static string InSeconds(string rules) => rules
        .Replace("[5m]", "[10s]", StringComparison.Ordinal)
        .Replace("for: 5m", "for: 1s", StringComparison.Ordinal);

    /// <summary>The value of each series, by its name with labels.</summary>
    private static async Task<Dictionary<string, double>> MetricsAsync(TestService service) =>
        (await service.GetAsync("/metrics")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .ToDictionary(
                line => line[..line.LastIndexOf(' ')],
                line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture),
                StringComparer.Ordinal);

    private static async Task AskAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            using var answer = await client.GetAsync(new Uri(address, $"/{number}"), CancellationToken.None);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.InternalServerError));
        }
    }
}
