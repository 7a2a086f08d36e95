using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.IntegrationTests.Lifecycle;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>
/// Twenty callers deploy at the same moment by four managers that share one prefix, containers and all. Whoever is told
/// that it went well has exactly one event, whoever is refused has none, and history and current are what the events say.
/// </summary>
[Category("Faults")]
[Parallelizable(ParallelScope.Self)]
internal sealed class ManagersAtOnceTests
{
    private const int Managers = 4;
    private const int CallersEach = 5;
    private const int MaxEntries = 10;

    [TestCase("S3")]
    [TestCase("Swift")]
    public async Task Deployers_at_once_with_containers_lose_nothing(string kind)
    {
        var services = new List<TestService>();
        try
        {
            await StartAsync(services, Enum.Parse<StoreKind>(kind));

            var calls = services.SelectMany(
                (service, manager) => Enumerable.Range(0, CallersEach).Select(caller => DeployAsync(service, $"m{manager}c{caller}")));
            var answers = await Task.WhenAll(calls);

            string[] deployed = [.. answers.Where(answer => answer.Status == 200).Select(answer => answer.Json["Hash"]!.GetValue<string>())];
            TestContext.Out.WriteLine($"{deployed.Length} deployed, {answers.Length - deployed.Length} refused");
            Assert.That(answers.Where(answer => answer.Status is not (200 or 409)), Is.Empty);
            Assert.That(deployed, Is.Not.Empty);
            await AssertStoreTellsAsync(services[0], deployed);
        }
        finally
        {
            foreach (var service in services)
            {
                await service.DisposeAsync();
            }
        }
    }

    private static async Task StartAsync(List<TestService> services, StoreKind kind)
    {
        services.Add(await TestService.CreateAsync(kind));
        while (services.Count < Managers)
        {
            services.Add(await TestService.CreateBesideAsync(kind, services[0].Prefix));
        }

        foreach (var service in services)
        {
            await BusyboxImage.ImportAsync(TestEngine.SocketPath, service.Repository, "r1");
            await service.StartAsync();
        }
    }

    private static Task<Answer> DeployAsync(TestService service, string caller) =>
        service.PostAsync("/deploy", LaunchConfigText.Of("r1", $"GREETING={caller}"));

    private static async Task AssertStoreTellsAsync(TestService service, string[] deployed)
    {
        // With a lease the history of one that had switched may have to wait for the others.
        await service.EventuallyAsync("an event for each", async () => (await EventsAsync(service)).Count >= deployed.Length, 120);
        var events = await EventsAsync(service);
        Assert.That(events, Is.EquivalentTo(deployed), "each success has one event, and nothing else has one");

        var history = await HashesAsync(service, "history.json");
        Assert.That(history, Is.EqualTo(events.TakeLast(MaxEntries)), "the last ten, in order");
        var current = await service.Store.GetAsync($"{service.Prefix}/current.json");
        Assert.That(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(current!)), Is.EqualTo(history[^1]));
    }

    private static async Task<IReadOnlyList<string>> EventsAsync(TestService service)
    {
        var hashes = new List<string>();
        foreach (var key in (await service.Store.ListAsync($"{service.Prefix}/events/")).Order(StringComparer.Ordinal))
        {
            var happened = JsonNode.Parse((await service.Store.GetAsync(key))!)!;
            if (happened["Type"]!.GetValue<string>() is "deploy" or "switch")
            {
                hashes.Add(happened["Hash"]!.GetValue<string>());
            }
        }

        return hashes;
    }

    private static async Task<IReadOnlyList<string>> HashesAsync(TestService service, string key)
    {
        var history = JsonNode.Parse((await service.Store.GetAsync($"{service.Prefix}/{key}"))!)!.AsArray();
        return [.. history.Select(entry => entry!["Hash"]!.GetValue<string>())];
    }
}
