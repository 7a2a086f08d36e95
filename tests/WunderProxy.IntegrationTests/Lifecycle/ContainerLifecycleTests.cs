using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>
/// Deploy, restart, recovery and retirement where the engine itself decides how it goes; the rest is tested on a scripted
/// engine, in WunderProxy.Deployments.Tests.
/// </summary>
[Parallelizable]
internal sealed class ContainerLifecycleTests
{
    [Test]
    public async Task Deploy_switches_traffic_and_keeps_the_one_before()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1", "r2");

        var first = await service.DeployAsync(LifecycleHarness.Config("r1"));
        var second = await service.DeployAsync(LifecycleHarness.Config("r2"));

        Assert.That(await service.AskAsync(), Is.EqualTo("r2"));
        Assert.That((first.Method, second.Method, second.HistoryPending), Is.EqualTo(("created", "created", false)));
        await Eventually.TrueAsync("r1 is stopped", async () => !await service.IsRunningAsync(first.Container));
        Assert.That(service.Lifecycle.Containers.Select(c => (c.Revision, c.State)), Is.EquivalentTo(new[] { ("r1", "kept"), ("r2", "current") }));
        var history = await service.Lifecycle.GetHistoryAsync(CancellationToken.None);
        Assert.That(history.Select(e => (e.Revision, e.Current)), Is.EqualTo(new[] { ("r1", false), ("r2", true) }));
    }

    [Test]
    public async Task Restart_adopts_the_running_container_without_the_store()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1", "r2");
        var deployed = await service.DeployAsync(LifecycleHarness.Config("r1"));
        var launched = await service.LaunchAsync(await service.StoreConfigAsync(LifecycleHarness.Config("r2")));
        var startedAt = await service.StartedAtAsync(deployed.Container);
        service.Store.BeforeCall = (_, _) => throw new Deployments.Storage.ObjectStoreException(
            Deployments.Storage.ObjectStoreFault.Unavailable, "away");

        await service.RestartAsync();

        Assert.That(service.Traffic.Current!.ContainerId, Is.EqualTo(deployed.Container));
        Assert.That(await service.StartedAtAsync(deployed.Container), Is.EqualTo(startedAt));
        Assert.That(service.Lifecycle.Snapshot().StoreState, Is.EqualTo("away"));
        Assert.That(service.Lifecycle.Containers.Single(c => c.Id == launched.Container).State, Is.EqualTo("launched"));
        await service.SwitchAsync(launched.Hash);
        Assert.That(await service.AskAsync(), Is.EqualTo("r2"));
    }

    [Test]
    public async Task Container_that_dies_empties_the_slot_and_is_started_again()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1");
        var deployed = await service.DeployAsync(LifecycleHarness.Config("r1"));

        await service.Engine.KillAsync(deployed.Container);

        await Eventually.TrueAsync("the slot was emptied", () => service.Traffic.History.Contains(null));
        await Eventually.TrueAsync("it is back", () => service.Traffic.Current is not null);
        Assert.That(await service.AskAsync(), Is.EqualTo("r1"));
        Assert.That(service.Traffic.Current!.ContainerId, Is.EqualTo(deployed.Container));
    }

    [Test]
    public async Task Container_with_a_restart_policy_is_followed()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1");
        var deployed = await service.DeployAsync(LifecycleHarness.Config(
            "r1",
            config =>
            {
                config["HostConfig"]!["RestartPolicy"] = new JsonObject { ["Name"] = "always" };
                config["ContainerConfig"]!["Cmd"] = new JsonArray(
                    "/bin/busybox", "sh", "-c", "mkdir -p /www/cgi-bin; echo r1 >/www/up; httpd -p 9292 -h /www; sleep 3600");
            }));
        var pid = (await service.Engine.InspectAsync(deployed.Container))["State"]!["Pid"]!.GetValue<int>();

        System.Diagnostics.Process.GetProcessById(pid).Kill();

        await Eventually.TrueAsync("the slot was emptied", () => service.Traffic.History.Contains(null));
        await Eventually.TrueAsync("it is back", () => service.Traffic.Current is not null);
        Assert.That(await service.AskAsync(), Is.EqualTo("r1"));
    }

    [Test]
    public async Task Container_that_was_removed_is_launched_anew()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1");
        var deployed = await service.DeployAsync(LifecycleHarness.Config("r1"));

        await service.Engine.RemoveAsync(deployed.Container);

        await Eventually.TrueAsync("another one serves", () => service.Traffic.Current is { } now && now.ContainerId != deployed.Container);
        Assert.That(await service.AskAsync(), Is.EqualTo("r1"));
    }

    [Test]
    public async Task Keep_limits_the_stopped_containers_and_removes_their_images()
    {
        await using var service = new LifecycleHarness { Adjust = options => options with { Keep = 1 } };
        await service.StartAsync("r1", "r2", "r3");

        var first = await service.DeployAsync(LifecycleHarness.Config("r1"));
        await service.DeployAsync(LifecycleHarness.Config("r2"));
        await service.DeployAsync(LifecycleHarness.Config("r3"));

        await Eventually.TrueAsync(
            "r1 is gone",
            () => service.Lifecycle.Containers.Select(c => (c.Revision, c.State)).Order()
                .SequenceEqual([("r2", "kept"), ("r3", "current")]));
        await Eventually.TrueAsync("its container too", async () =>
            (await service.Engine.ListAsync($"wunderproxy.app={service.App}")).All(c => c["Id"]!.GetValue<string>() != first.Container));
        await Eventually.TrueAsync("its image too", async () =>
            await service.Engine.SendAsync(HttpMethod.Get, $"images/{service.Repository}:r1/json", accept: System.Net.HttpStatusCode.NotFound)
                is { } answer && answer["Id"] is null);
    }

    [Test]
    public async Task Container_of_the_old_tool_is_adopted()
    {
        await using var service = new LifecycleHarness();
        await BusyboxImage.ImportAsync(TestEngine.SocketPath, service.Repository, "old1");
        var name = $"old1-{service.App}";
        await BusyboxImage.ImportAsync(TestEngine.SocketPath, service.Repository, name);
        service.Store.Seed("service/current.json", LifecycleHarness.Config(name));
        var id = await service.Engine.RunAsync(name, new JsonObject
        {
            ["Image"] = $"{service.Repository}:{name}",
            ["Env"] = new JsonArray("GREETING=adopted"),
        });
        try
        {
            // It has one probe to show that it serves, as a container that was left running has long done.
            var health = new Uri($"http://{await service.Engine.AddressAsync(id)}:9292/up");
            using var http = new HttpClient();
            await Eventually.TrueAsync("it serves", async () => (await http.GetStringAsync(health)).Length > 0);

            await service.StartAsync();

            Assert.That(service.Traffic.Current?.ContainerId, Is.EqualTo(id));
            Assert.That(await service.AskAsync(), Is.EqualTo("adopted"));
        }
        finally
        {
            await service.Engine.RemoveAsync(id);
        }
    }
}
