using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.LoadClient;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>A guarded switch to a revision that is clearly worse is undone within its ten seconds; a good one stays.</summary>
[Category("Faults")]
[NonParallelizable]
internal sealed class GuardTests
{
    /// <summary>Services at once; what is left of the machine must do for their load.</summary>
    private const int AtOnce = 5;

    private static int Runs => FaultRounds.Of(ci: 5, full: 50);

    [TestCase("FAIL_PERCENT=5", "SLOW_MS=0", TestName = "Revision_that_fails_one_request_in_twenty_is_switched_back")]
    [TestCase("EXIT_AFTER=5", "SLOW_MS=0", TestName = "Revision_that_ends_after_five_seconds_is_switched_back")]
    public Task Bad_revision_is_switched_back(string bad, string good) => RepeatAsync(async () =>
    {
        await using var service = await StartServiceAsync(good);
        await using var load = await StartLoadAsync(service);

        await DeployGuardedAsync(service, bad);
        await Eventually.TrueAsync(
            "the guard acts", async () => (await EventsAsync(service)).Any(e => e["Type"]!.GetValue<string>() == "guard_rollback"), 15);

        await service.WaitUntilServingAsync("r1");
        var evidence = (await EventsAsync(service)).First(e => e["Type"]!.GetValue<string>() == "guard_rollback");
        Assert.That(evidence["Reason"]!.GetValue<string>(), Is.Not.Empty);
        await Eventually.TrueAsync("the history without it", async () => await LastRevisionAsync(service) == "r1");
    });

    [Test]
    public Task Good_revision_stays() => RepeatAsync(async () =>
    {
        await using var service = await StartServiceAsync("SLOW_MS=0");
        await using var load = await StartLoadAsync(service);

        await DeployGuardedAsync(service, "SLOW_MS=0");

        // The one before is held until the guard has made up its mind.
        await Eventually.TrueAsync("the end of the guard", async () => (await service.RunningContainersAsync()).Count == 1, 60);
        Assert.That(await service.ServedRevisionAsync(), Is.EqualTo("r2"), (await service.StatusAsync())["Warnings"]!.ToJsonString());
    });

    private static async Task RepeatAsync(Func<Task> run)
    {
        for (var done = 0; done < Runs; done += AtOnce)
        {
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => run()));
        }
    }

    private static async Task<TestService> StartServiceAsync(string environment)
    {
        var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1", environment));
        return service;
    }

    /// <summary>Load, and enough of it before the switch that the first slow answers of a fresh process count for little.</summary>
    private static async Task<LoadRun> StartLoadAsync(TestService service)
    {
        var load = LoadRun.Start(service.Load with { RequestsPerSecond = 80, Connections = 16 });
        await load.WaitForMoreAsync(600, CancellationToken.None);
        return load;
    }

    private static async Task DeployGuardedAsync(TestService service, string environment)
    {
        var answer = await service.PostAsync("/deploy?guard=10s", LaunchConfigText.Of("r2", environment));
        Assert.That(answer.Status, Is.EqualTo(200), answer.ToString());
    }

    private static async Task<IReadOnlyList<JsonNode>> EventsAsync(TestService service)
    {
        var events = new List<JsonNode>();
        foreach (var key in await service.Store.ListAsync($"{service.Prefix}/events/"))
        {
            if (await service.Store.GetAsync(key) is { Length: > 0 } bytes)
            {
                events.Add(JsonNode.Parse(bytes)!);
            }
        }

        return events;
    }

    private static async Task<string?> LastRevisionAsync(TestService service) =>
        JsonNode.Parse(await service.Store.GetAsync($"{service.Prefix}/history.json"))!.AsArray()
            .LastOrDefault()?["Revision"]?.GetValue<string>();
}
