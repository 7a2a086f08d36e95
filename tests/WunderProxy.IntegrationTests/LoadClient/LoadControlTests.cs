using System.Net;
using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.LoadClient;

namespace WunderProxy.IntegrationTests.LoadClient;

/// <summary>The control: the client that reports no failure elsewhere reports them here, where requests are lost.</summary>
internal sealed class LoadControlTests
{
    private readonly TestEngine _engine = new();
    private string? _container;

    [Test]
    public async Task Container_that_serves_all_the_time_loses_nothing()
    {
        await using var run = LoadRun.Start(await StartContainerAsync());

        await run.WaitForMoreAsync(1000, CancellationToken.None);
        var report = await run.StopAsync();

        Assert.That((report.Failed, report.Stale), Is.EqualTo((0, 0)), string.Join('\n', report.Descriptions));
        Assert.That(report.Answered, Is.EqualTo(report.Sent));
        Assert.That(report.Revisions.Keys, Is.EqualTo(new[] { "r1" }));
    }

    [Test]
    public async Task Container_that_is_stopped_and_started_is_seen_as_failures()
    {
        await using var run = LoadRun.Start(await StartContainerAsync());
        await run.WaitForMoreAsync(200, CancellationToken.None);

        await _engine.StopAsync(_container!);
        await _engine.StartAsync(_container!);
        await run.WaitForMoreAsync(600, CancellationToken.None);
        var report = await run.StopAsync();

        Assert.That(report.Failures.GetValueOrDefault(FailureKind.Connect), Is.GreaterThan(0), report.ToString());
        Assert.That(report.Answered, Is.GreaterThan(0));
        Assert.That(report.Sent, Is.EqualTo(report.Answered + report.Failed));
    }

    [Test]
    public async Task Container_that_answers_after_a_switch_to_another_is_seen_as_stale()
    {
        await using var run = LoadRun.Start(await StartContainerAsync());

        run.Timeline.Switching("r2");
        run.Timeline.Switched();
        await run.WaitForMoreAsync(200, CancellationToken.None);
        var report = await run.StopAsync();

        Assert.That(report.Stale, Is.GreaterThan(100));
    }

    [TearDown]
    public async Task RemoveContainerAsync()
    {
        if (_container is not null)
        {
            await _engine.RemoveAsync(_container);
        }
    }

    [OneTimeTearDown]
    public void CloseEngine() => _engine.Dispose();

    private async Task<LoadOptions> StartContainerAsync()
    {
        _container = await _engine.RunAsync($"load-control-{Guid.NewGuid():N}", new JsonObject { ["Image"] = TestEngine.SampleImage });
        var endPoint = new IPEndPoint(await _engine.AddressAsync(_container), 9292);
        using var http = new HttpClient();
        await Eventually.TrueAsync(
            "the sample application", async () => (await http.GetAsync(new Uri($"http://{endPoint}/up"))).IsSuccessStatusCode);
        return new LoadOptions { EndPoint = endPoint };
    }
}
