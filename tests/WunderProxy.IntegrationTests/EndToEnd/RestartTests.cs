using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>WunderProxy may end in any way: what it served is served again by the same container.</summary>
[Parallelizable]
internal sealed class RestartTests
{
    [Test]
    public async Task Killed_process_finds_its_container_again()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        var before = await StartedAtAsync(service);

        await service.KillAsync();
        await service.StartAsync();

        await service.WaitUntilServingAsync("r1");
        Assert.That(await StartedAtAsync(service), Is.EqualTo(before));
    }

    [Test]
    public async Task Stopped_process_leaves_its_container_and_finds_it_again()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.S3, "r1");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        var before = await StartedAtAsync(service);

        await service.StopAsync();
        await service.StartAsync();

        await service.WaitUntilServingAsync("r1");
        Assert.That(await StartedAtAsync(service), Is.EqualTo(before));
    }

    [Test]
    public async Task Switch_survives_a_kill_though_the_deployer_recorded_nothing()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        var second = await service.StoreConfigAsync(LaunchConfigText.Of("r2"));
        await service.LaunchAndSwitchAsync(second);

        await service.KillAsync();
        await service.StartAsync();

        await service.WaitUntilServingAsync("r2");
    }

    [Test]
    public async Task Killed_process_serves_without_the_store()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.S3, "r1");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        await service.KillAsync();
        var nobody = new Dictionary<string, string>(service.Store.Variables, StringComparer.Ordinal)
        {
            ["AWS_ENDPOINT_URL"] = $"http://{WunderProxyProcess.FreeEndPoint()}",
        };

        await service.StartWithAsync(["run", .. service.Arguments()], nobody);

        await service.WaitUntilServingAsync("r1");
        await Eventually.TrueAsync("the fault of the store", async () => (await service.StatusAsync())["StoreState"]!.GetValue<string>() is not ("Ok" or "unknown"));
    }

    [Test]
    public async Task Container_that_dies_is_started_again()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        var id = (await service.RunningContainersAsync()).Single()["Id"]!.GetValue<string>();

        await service.Engine.KillAsync(id);

        await Eventually.TrueAsync("another start", async () => await service.ServedRevisionAsync() == "r1");
    }

    [Test]
    public async Task Second_process_of_the_same_application_is_refused()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder);

        var second = await WunderProxyProcess.RunAsync(
            ["run", .. service.Arguments("--proxy", WunderProxyProcess.FreeEndPoint().ToString())], service.Store.Variables);

        Assert.That(second.ExitCode, Is.EqualTo(2), second.ToString());
        Assert.That(second.Errors.Trim().Split('\n'), Has.Length.EqualTo(1), second.ToString());
    }

    private static async Task<string> StartedAtAsync(TestService service)
    {
        var id = (await service.RunningContainersAsync()).Single()["Id"]!.GetValue<string>();
        return (await service.Engine.InspectAsync(id))["State"]!["StartedAt"]!.GetValue<string>();
    }
}
