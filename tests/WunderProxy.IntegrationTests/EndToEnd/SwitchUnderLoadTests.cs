using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.LoadClient;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>The main promise: a switch loses no request and leaves none on the old revision.</summary>
[NonParallelizable]
internal sealed class SwitchUnderLoadTests
{
    private const int Switches = 200;

    [Test]
    public async Task Two_hundred_switches_lose_nothing_and_leave_nothing_behind()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        var hashes = new[]
        {
            await service.StoreConfigAsync(LaunchConfigText.Of("r1")), await service.StoreConfigAsync(LaunchConfigText.Of("r2")),
        };
        // An open event stream on each keeps the one switched away from in its drain: it can be switched to again.
        await service.LaunchAndSwitchAsync(hashes[0]);
        using var firstStream = await service.OpenProxiedAsync("/events");
        await service.LaunchAndSwitchAsync(hashes[1]);
        using var secondStream = await service.OpenProxiedAsync("/events");

        await using var run = LoadRun.Start(service.Load);
        for (var i = 0; i < Switches; i++)
        {
            var target = i % 2;
            run.Timeline.Switching($"r{target + 1}");
            var answer = await service.PostAsync("/switch", hashes[target]);
            Assert.That(answer.Status, Is.EqualTo(200), $"switch {i}: {answer}");
            run.Timeline.Switched();
            await run.WaitForMoreAsync(20, CancellationToken.None);
        }

        var report = await run.StopAsync();

        TestContext.Out.WriteLine($"{Switches} switches: {report}");
        Assert.That((report.Failed, report.Stale), Is.EqualTo((0, 0)), string.Join('\n', report.Descriptions));
        Assert.That(report.RequestsPerSecond, Is.GreaterThan(500));
        Assert.That(report.Revisions.Keys, Is.EquivalentTo(new[] { "r1", "r2" }));
    }

    [Test]
    public async Task Deploy_and_rollback_under_load_lose_nothing()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1"));

        await using var run = LoadRun.Start(service.Load);
        await run.WaitForMoreAsync(300, CancellationToken.None);
        run.Timeline.Switching("r2");
        await service.DeployAsync(LaunchConfigText.Of("r2"));
        run.Timeline.Switched();
        await run.WaitForMoreAsync(300, CancellationToken.None);
        run.Timeline.Switching("r1");
        var rolledBack = await service.PostAsync("/rollback");
        run.Timeline.Switched();
        await run.WaitForMoreAsync(300, CancellationToken.None);
        var report = await run.StopAsync();

        Assert.That(rolledBack.Status, Is.EqualTo(200), rolledBack.ToString());
        Assert.That((report.Failed, report.Stale), Is.EqualTo((0, 0)), string.Join('\n', report.Descriptions));
    }
}
