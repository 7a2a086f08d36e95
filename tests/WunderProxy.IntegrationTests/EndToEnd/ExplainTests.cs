using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.LoadClient;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>What the program says about the past, through its command and its API.</summary>
[Parallelizable]
internal sealed class ExplainTests
{
    [Test]
    public async Task Switch_under_load_is_explained_with_the_numbers_of_both_revisions()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        await using (var run = LoadRun.Start(service.Load))
        {
            await run.WaitForMoreAsync(100, CancellationToken.None);
            await service.DeployAsync(LaunchConfigText.Of("r2"));
            await run.WaitForMoreAsync(100, CancellationToken.None);
            await run.StopAsync();
        }

        await service.EventuallyAsync("the end of the drain", async () =>
            (await ExplainAsync(service, "switch"))["Switch"]!["Drain"]!["State"]!.GetValue<string>() == "ended");
        var told = await ExplainAsync(service, "switch");
        var text = await CommandAsync(service, "switch");

        Assert.That(told["Switch"]!["FromRevision"]!.GetValue<string>(), Is.EqualTo("r1"));
        Assert.That(told["Switch"]!["Before"]!["Requests"]!.GetValue<long>(), Is.GreaterThanOrEqualTo(100));
        Assert.That(told["Switch"]!["After"]!["Requests"]!.GetValue<long>(), Is.GreaterThanOrEqualTo(50));
        Assert.That(told["Switch"]!["Before"]!["ErrorShare"]!.GetValue<double>(), Is.Zero);
        Assert.That(told["Switch"]!["Steps"]!.AsArray(), Is.Not.Empty);
        Assert.That(text, Does.StartWith("Traffic was switched from r1 to r2").And.Contain("nothing was cut off"));
    }

    [Test]
    public async Task Errors_after_the_container_was_killed_are_laid_to_its_death()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1");
        var deployed = await service.DeployAsync(LaunchConfigText.Of("r1"));

        // A stream that is open when its container dies breaks off for certain.
        using var stream = await service.OpenProxiedAsync("/events");
        await service.Engine.KillAsync(deployed["Container"]!.GetValue<string>());
        await service.EventuallyAsync("the return of the container", async () =>
            (await ExplainAsync(service, "errors"))["Errors"]!["Incidents"]!.AsArray().Any(
                incident => incident!["What"]!.GetValue<string>() == "back"));
        await service.EventuallyAsync("the death in the explanation", async () =>
            (await ExplainAsync(service, "errors"))["Cause"]!.GetValue<string>() == "container_died");
        var told = await ExplainAsync(service, "errors");
        var text = await CommandAsync(service, "errors");

        Assert.That(told["Summary"]!.GetValue<string>(), Does.Contain("r1"));
        Assert.That(told["Errors"]!["Groups"]!.AsArray(), Is.Not.Empty);
        Assert.That(
            told["Errors"]!["Incidents"]!.AsArray().Select(incident => incident!["What"]!.GetValue<string>()),
            Is.SupersetOf(new[] { "switch", "died", "back" }));
        Assert.That(told["Errors"]!["Container"]!["IsRunning"]!.GetValue<bool>());
        Assert.That(text, Does.Match("cause +container_died").And.Contain("died r1"));
    }

    [Test]
    public async Task Failed_deploy_is_explained_by_the_command_also_after_a_restart()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        var failing = LaunchConfigText.Document("r1", "SOME_TOKEN=hunter2hunter2");
        failing["ContainerConfig"]!["Cmd"] = new JsonArray("/no/such/program");
        failing["ContainerConfig"]!["Entrypoint"] = new JsonArray();
        var failed = await service.PostAsync("/deploy", failing.ToJsonString());
        await service.StopAsync();
        await service.StartAsync();

        var text = await CommandAsync(service, "launch");

        Assert.That(failed.Status, Is.EqualTo(422), failed.ToString());
        Assert.That(text, Does.StartWith("The launch of r1").And.Match("cause +command_missing").And.Contain("What to do:"));
        Assert.That(text, Does.Not.Contain("hunter2"));
    }

    private static async Task<JsonNode> ExplainAsync(TestService service, string what)
    {
        var answer = await service.GetAsync($"/explain?what={what}");
        Assert.That(answer.Status, Is.EqualTo(200), answer.ToString());
        return answer.Json;
    }

    private static async Task<string> CommandAsync(TestService service, string what)
    {
        var result = await WunderProxyProcess.RunAsync(["explain", "--manager", service.Api.ToString(), what]);
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        return result.Output;
    }
}
