using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>Settings of a launch config that the engine's users know, as they work through us.</summary>
[Parallelizable]
internal sealed class EngineSettingsTests
{
    [Test]
    public async Task Container_on_the_network_of_another_one_is_served_there()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1");
        var other = await service.Engine.RunAsync($"{service.App}-net", new JsonObject
        {
            ["Image"] = $"{service.Repository}:r1",
            ["Cmd"] = new JsonArray("/bin/busybox", "sleep", "600"),
            ["Labels"] = new JsonObject { ["wunderproxy.app"] = service.App },
        });

        var deployed = await service.DeployAsync(LifecycleHarness.Config(
            "r1", config => config["HostConfig"]!["NetworkMode"] = $"container:{service.App}-net"));

        Assert.That(await service.AskAsync(), Is.EqualTo("r1"));
        Assert.That(deployed.Address, Is.EqualTo($"{await service.Engine.AddressAsync(other)}:9292"));
    }

    [Test]
    public async Task Stop_signal_and_stop_timeout_of_the_config_are_kept_when_it_is_stopped()
    {
        await using var service = new LifecycleHarness
        {
            Adjust = options => options with { StopTimeout = TimeSpan.FromSeconds(1) },
        };
        await service.StartAsync("r1", "r2");
        var slow = await service.DeployAsync(LifecycleHarness.Config("r1", config =>
        {
            config["ContainerConfig"]!["StopSignal"] = "SIGUSR1";
            config["ContainerConfig"]!["StopTimeout"] = 60;
            config["ContainerConfig"]!["Cmd"] = new JsonArray(
                "/bin/busybox",
                "sh",
                "-c",
                "mkdir -p /www; echo r1 >/www/up; trap '' TERM; trap 'sleep 2; exit 9' USR1; /bin/busybox httpd -f -p 9292 -h /www & wait");
        }));

        await service.DeployAsync(LifecycleHarness.Config("r2"));

        await Eventually.TrueAsync("the old container has ended", async () => !await service.IsRunningAsync(slow.Container));
        var state = (await service.Engine.InspectAsync(slow.Container))["State"]!;
        Assert.That(state["ExitCode"]!.GetValue<int>(), Is.EqualTo(9), "137 is the kill of a stop timeout of one second");
    }
}
