using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>Launch and switch in every order: what is current must never be stopped.</summary>
[Parallelizable]
internal sealed class SwitchTests
{
    [Test]
    public async Task Switching_to_and_fro_always_serves_the_one_switched_to()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        var first = await service.StoreConfigAsync(LaunchConfigText.Of("r1"));
        var second = await service.StoreConfigAsync(LaunchConfigText.Of("r2"));

        Assert.That((await service.PostAsync("/launch", first)).Status, Is.EqualTo(200));
        Assert.That((await service.PostAsync("/launch", second)).Status, Is.EqualTo(200));
        foreach (var (hash, revision) in new[] { (first, "r1"), (second, "r2"), (first, "r1") })
        {
            var switched = await service.PostAsync("/switch", hash);

            Assert.That(switched.Status, Is.EqualTo(200), switched.ToString());
            Assert.That(await service.ServedRevisionAsync(), Is.EqualTo(revision));
        }

        await Eventually.TrueAsync("the end of the drain", async () => (await service.RunningContainersAsync()).Count == 1);
        Assert.That(await service.ServedRevisionAsync(), Is.EqualTo("r1"));
    }

    [Test]
    public async Task Config_that_differs_only_in_its_environment_is_another_one()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1");
        await service.DeployAsync(LaunchConfigText.Of("r1", "COLOUR=green"));
        var green = await service.GetProxiedAsync("/env/COLOUR");

        await service.DeployAsync(LaunchConfigText.Of("r1", "COLOUR=blue"));

        Assert.That(green.Text, Is.EqualTo("green"));
        Assert.That((await service.GetProxiedAsync("/env/COLOUR")).Text, Is.EqualTo("blue"));
    }

    [Test]
    public async Task Launch_of_what_runs_already_changes_nothing()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1");
        var hash = await service.StoreConfigAsync(LaunchConfigText.Of("r1"));
        await service.LaunchAndSwitchAsync(hash);
        var before = (await service.RunningContainersAsync()).Single()["Id"]!.GetValue<string>();

        var again = await service.PostAsync("/launch", hash);

        Assert.That(again.Status, Is.EqualTo(200));
        Assert.That((await service.RunningContainersAsync()).Single()["Id"]!.GetValue<string>(), Is.EqualTo(before));
    }

    [Test]
    public async Task Switch_to_what_was_never_launched_is_refused()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        var other = await service.StoreConfigAsync(LaunchConfigText.Of("r2"));

        var answer = await service.PostAsync("/switch", other);

        Assert.That((answer.Status, answer.ErrorCode), Is.EqualTo((409, "not_running")));
        Assert.That(await service.ServedRevisionAsync(), Is.EqualTo("r1"));
    }

    [Test]
    public async Task Exchange_in_flight_finishes_on_the_old_upstream()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        var slow = service.GetProxiedAsync("/slow?ms=3000");
        await Eventually.TrueAsync("the slow request", async () => (await service.StatusAsync())["InFlight"]!.GetValue<int>() > 0);

        await service.DeployAsync(LaunchConfigText.Of("r2"));
        var servedMeanwhile = await service.ServedRevisionAsync();
        var finished = await slow;

        Assert.That(servedMeanwhile, Is.EqualTo("r2"));
        Assert.That(finished.Text, Is.EqualTo("waited 3000 ms\n"));
        Assert.That(finished.Headers.GetValues("X-Revision"), Is.EqualTo(new[] { "r1" }));
    }
}
