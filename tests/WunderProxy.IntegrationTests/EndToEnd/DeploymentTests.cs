using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>Deploy, deploy again, roll back: through the real process, engine and store.</summary>
[TestFixture(StoreKind.Folder)]
[TestFixture(StoreKind.S3)]
[Parallelizable]
internal sealed class DeploymentTests(StoreKind kind)
{
    [Test]
    public async Task Deploy_then_rollback_changes_what_is_served()
    {
        await using var service = await TestService.StartNewAsync(kind, "r1", "r2");
        var before = await service.GetProxiedAsync("/");

        var first = await service.DeployAsync(LaunchConfigText.Of("r1"));
        var servedFirst = await service.ServedRevisionAsync();
        var second = await service.DeployAsync(LaunchConfigText.Of("r2"));
        var servedSecond = await service.ServedRevisionAsync();
        var rolledBack = await service.PostAsync("/rollback");

        Assert.That(before.Status, Is.EqualTo(503));
        Assert.That(before.Headers.RetryAfter, Is.Not.Null);
        Assert.That((servedFirst, servedSecond), Is.EqualTo(("r1", "r2")));
        Assert.That(first["Method"]!.GetValue<string>(), Is.EqualTo("created"));
        Assert.That(second["Revision"]!.GetValue<string>(), Is.EqualTo("r2"));
        Assert.That(rolledBack.Status, Is.EqualTo(200), rolledBack.ToString());
        Assert.That(await service.ServedRevisionAsync(), Is.EqualTo("r1"));
    }

    [Test]
    public async Task Deploy_writes_config_history_current_and_events()
    {
        await using var service = await TestService.StartNewAsync(kind, "r1", "r2");
        var config = LaunchConfigText.Of("r1");

        var result = await service.DeployAsync(config);

        var hash = result["Hash"]!.GetValue<string>();
        var history = JsonNode.Parse((await service.Store.GetAsync($"{service.Prefix}/history.json"))!)!.AsArray();
        var events = await service.Store.ListAsync($"{service.Prefix}/events/");
        Assert.That(await TextAsync(service, $"container.{hash}.json"), Is.EqualTo(config));
        Assert.That(await TextAsync(service, "current.json"), Is.EqualTo(config));
        Assert.That(history.Single()!["Hash"]!.GetValue<string>(), Is.EqualTo(hash));
        Assert.That(history.Single()!["Revision"]!.GetValue<string>(), Is.EqualTo("r1"));
        Assert.That(events, Is.Not.Empty);
    }

    [Test]
    public async Task Rollback_cuts_the_later_entries_and_keeps_their_events()
    {
        await using var service = await TestService.StartNewAsync(kind, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        await service.DeployAsync(LaunchConfigText.Of("r2"));

        await service.PostAsync("/rollback");

        var entries = (await service.GetAsync("/history")).Json["Entries"]!.AsArray();
        Assert.That(entries.Select(entry => entry!["Revision"]!.GetValue<string>()), Is.EqualTo(new[] { "r1" }));
        Assert.That(entries[0]!["Current"]!.GetValue<bool>(), Is.True);
        Assert.That(await TextAsync(service, "current.json"), Is.EqualTo(LaunchConfigText.Of("r1")));
        await Eventually.TrueAsync("the event of the rollback", async () => await HasEventAsync(service, "rollback"));
    }

    [Test]
    public async Task Status_tells_what_is_served()
    {
        await using var service = await TestService.StartNewAsync(kind, "r1");
        var result = await service.DeployAsync(LaunchConfigText.Of("r1"));

        var status = await service.StatusAsync();

        Assert.That(status["Status"]!.GetValue<string>(), Is.EqualTo("serving"));
        Assert.That(status["DockerState"]!.GetValue<string>(), Is.EqualTo("Ok"));
        Assert.That(status["StoreState"]!.GetValue<string>(), Is.EqualTo("Ok"));
        Assert.That(status["App"]!.GetValue<string>(), Is.EqualTo(service.App));
        Assert.That(status["Upstream"]!["Hash"]!.GetValue<string>(), Is.EqualTo(result["Hash"]!.GetValue<string>()));
        Assert.That(status["Upstream"]!["Revision"]!.GetValue<string>(), Is.EqualTo("r1"));
    }

    [Test]
    public async Task Old_container_is_stopped_and_kept_after_the_drain()
    {
        await using var service = await TestService.CreateAsync(kind, "r1", "r2");

        // For so long the old one stands by, whatever it holds.
        await service.StartAsync("--drain-timeout", "1s");
        await service.DeployAsync(LaunchConfigText.Of("r1"));

        await service.DeployAsync(LaunchConfigText.Of("r2"));

        await Eventually.TrueAsync("one running container", async () => (await service.RunningContainersAsync()).Count == 1);
        var all = await service.Engine.ListAsync($"wunderproxy.app={service.App}");
        Assert.That(all.Select(item => item["Labels"]!["wunderproxy.revision"]!.GetValue<string>()), Is.EquivalentTo(new[] { "r1", "r2" }));
    }

    private static async Task<string> TextAsync(TestService service, string key) =>
        Encoding.UTF8.GetString(await service.Store.GetAsync($"{service.Prefix}/{key}") ?? []);

    private static async Task<bool> HasEventAsync(TestService service, string type)
    {
        foreach (var key in await service.Store.ListAsync($"{service.Prefix}/events/"))
        {
            if (JsonNode.Parse((await service.Store.GetAsync(key))!)!["Type"]!.GetValue<string>() == type)
            {
                return true;
            }
        }

        return false;
    }
}
