using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;
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

    [Test]
    public async Task Probes_that_fail_are_told_with_the_last_reason()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1");
        var deployed = await service.DeployAsync(LifecycleHarness.Config("r1"));

        await RunInsideAsync(service, deployed.Container, "/bin/busybox", "mv", "/www/up", "/www/down");
        await Eventually.TrueAsync("unhealthy", () => service.Lifecycle.Snapshot().Health == "unhealthy");
        var reason = service.Lifecycle.Snapshot().HealthReason;
        await RunInsideAsync(service, deployed.Container, "/bin/busybox", "mv", "/www/down", "/www/up");
        await Eventually.TrueAsync("healthy again", () => service.Lifecycle.Snapshot().Health == "healthy");

        Assert.That(reason, Does.Contain("status_404"));
        Assert.That(service.Traffic.Current?.ContainerId, Is.EqualTo(deployed.Container));
    }

    [Test]
    public async Task Switch_to_a_launched_container_whose_probe_fails_is_refused_as_unhealthy()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1", "r2");
        var current = await service.DeployAsync(LifecycleHarness.Config("r1"));
        var launched = await service.LaunchAsync(await service.StoreConfigAsync(LifecycleHarness.Config("r2")));
        await RunInsideAsync(service, launched.Container, "/bin/busybox", "rm", "/www/up");

        // The engine answers before the command has run.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await Eventually.TrueAsync("a failing probe", async () =>
        {
            using var answer = await client.GetAsync(new Uri($"http://{launched.Address}/up"));
            return answer.StatusCode == System.Net.HttpStatusCode.NotFound;
        });

        var failure = Assert.ThrowsAsync<DeploymentException>(() => service.SwitchAsync(launched.Hash));

        Assert.That(failure!.Code, Is.EqualTo("unhealthy"));
        Assert.That(failure.Details!.Probes!.Single().Result, Is.EqualTo("status_404"));
        Assert.That(service.Traffic.Current?.ContainerId, Is.EqualTo(current.Container));
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
