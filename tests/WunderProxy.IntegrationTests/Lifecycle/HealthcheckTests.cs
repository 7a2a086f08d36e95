using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>The container's own HEALTHCHECK counts for the current container too, beside our probes.</summary>
[Parallelizable]
internal sealed class HealthcheckTests
{
    [Test]
    public async Task Healthcheck_of_the_current_container_is_told_with_its_reason_and_traffic_stays()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1");
        var deployed = await service.DeployAsync(LifecycleHarness.Config("r1", config =>
            config["ContainerConfig"]!["Healthcheck"] = new JsonObject
            {
                ["Test"] = new JsonArray("CMD", "/bin/busybox", "test", "!", "-e", "/www/sick"),
                ["Interval"] = 200_000_000,
                ["Retries"] = 2,
            }));

        await RunInsideAsync(service, deployed.Container, "/bin/busybox", "touch", "/www/sick");
        await Eventually.TrueAsync("unhealthy", () => service.Lifecycle.Snapshot().Health == "unhealthy");
        var (reason, target) = (service.Lifecycle.Snapshot().HealthReason, service.Traffic.Current);
        var answer = await service.AskAsync();
        await RunInsideAsync(service, deployed.Container, "/bin/busybox", "rm", "/www/sick");
        await Eventually.TrueAsync("healthy again", () => service.Lifecycle.Snapshot().Health == "healthy");

        Assert.That(reason, Does.Contain("HEALTHCHECK"));
        Assert.That((target!.ContainerId, answer), Is.EqualTo((deployed.Container, "r1")));
        Assert.That(service.Lifecycle.Snapshot().HealthReason, Is.Null);
        Assert.That(service.Traffic.History, Has.Count.EqualTo(1), "the slot was never touched");
    }

    private static async Task RunInsideAsync(LifecycleHarness service, string container, params string[] command)
    {
        var made = await service.Engine.SendAsync(
            HttpMethod.Post,
            $"containers/{container}/exec",
            new JsonObject { ["Cmd"] = new JsonArray([.. command.Select(word => JsonValue.Create(word))]) });
        await service.Engine.SendAsync(
            HttpMethod.Post, $"exec/{made!["Id"]!.GetValue<string>()}/start", new JsonObject { ["Detach"] = true });
    }
}
