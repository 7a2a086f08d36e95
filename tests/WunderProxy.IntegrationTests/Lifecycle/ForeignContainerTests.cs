using System.Text.Json.Nodes;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>Copies of our containers that people made by hand, on the real engine.</summary>
[Parallelizable]
internal sealed class ForeignContainerTests
{
    [Test]
    public async Task Container_of_a_committed_image_outlives_our_starts_and_gets_no_traffic()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1");
        var deployed = await service.DeployAsync(LifecycleHarness.Config("r1"));
        var name = (await service.Engine.InspectAsync(deployed.Container))["Name"]!.GetValue<string>().TrimStart('/');
        await service.Engine.SendAsync(
            HttpMethod.Post, $"commit?container={deployed.Container}&repo={Uri.EscapeDataString(service.Repository)}&tag=copy");
        var copy = await service.Engine.RunAsync(
            $"{name[..^4]}ffff",
            new JsonObject { ["Image"] = $"{service.Repository}:copy", ["Volumes"] = new JsonObject { ["/data"] = new JsonObject() } });

        await service.RestartAsync();
        var afterRestart = StateOf(service, copy);
        await service.RestartWithNewStateAsync();

        Assert.That(await service.IsRunningAsync(copy), Is.True);
        Assert.That((afterRestart, StateOf(service, copy)), Is.EqualTo(("foreign", "foreign")));
        Assert.That(service.Traffic.Current!.ContainerId, Is.EqualTo(deployed.Container));
    }

    [Test]
    public async Task Renamed_container_of_ours_is_served_by_the_record_and_left_alone_without_it()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1");
        var deployed = await service.DeployAsync(LifecycleHarness.Config("r1"));
        await service.Engine.SendAsync(HttpMethod.Post, $"containers/{deployed.Container}/rename?name=renamed-{service.App}");

        await service.RestartAsync();
        var served = service.Traffic.Current!.ContainerId;
        await service.RestartWithNewStateAsync();

        Assert.That(served, Is.EqualTo(deployed.Container));
        Assert.That(StateOf(service, deployed.Container), Is.EqualTo("foreign"));
        Assert.That(await service.IsRunningAsync(deployed.Container), Is.True);
        Assert.That(service.Traffic.Current!.ContainerId, Is.Not.EqualTo(deployed.Container));
    }

    private static string StateOf(LifecycleHarness service, string container) =>
        service.Lifecycle.Containers.Single(view => view.Id == container).State;
}
