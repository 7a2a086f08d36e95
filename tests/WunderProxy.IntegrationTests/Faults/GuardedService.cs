using System.Globalization;
using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.LoadClient;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>A service under load whose switches are guarded for ten seconds.</summary>
internal sealed class GuardedService : IAsyncDisposable
{
    /// <summary>So many exchanges make the statistics that the new revision is compared with.</summary>
    private const int RequestsBefore = 300;

    private readonly TestService _service;
    private readonly LoadRun _load;
    private readonly List<double> _seconds = [];

    private GuardedService(TestService service, LoadRun load)
    {
        _service = service;
        _load = load;
    }

    /// <summary>How long the switches stood until they were undone.</summary>
    public string Summary => _seconds.Count == 0
        ? "none switched back"
        : string.Create(CultureInfo.InvariantCulture, $"switched back after {_seconds.Min():0.0} to {_seconds.Max():0.0} s");

    /// <summary>Starts it with a good revision, r1.</summary>
    /// <param name="environment">NAME=VALUE for r1.</param>
    public static async Task<GuardedService> StartAsync(string environment)
    {
        var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        try
        {
            await service.DeployAsync(LaunchConfigText.Of("r1", Lines(0, environment)));
            return new GuardedService(service, LoadRun.Start(service.Load with { RequestsPerSecond = 80, Connections = 48 }));
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Deploys r2, which is switched back for its faults.</summary>
    public async Task DeployBadAsync(int round, string environment)
    {
        await DeployAsync(round, environment);
        var began = TimeProvider.System.GetTimestamp();
        var events = await GuardEventsAsync(round);

        _seconds.Add(TimeProvider.System.GetElapsedTime(began).TotalSeconds);
        Assert.That(events, Has.Count.EqualTo(round), "one switch back for each deploy");
        Assert.That(events[^1]["Reason"]!.GetValue<string>(), Is.Not.Empty);
        await _service.WaitUntilServingAsync("r1");
        await Eventually.TrueAsync("the history without it", async () => await LastRevisionAsync() == "r1");
    }

    /// <summary>Deploys another r2 that is as good as what serves, and stays.</summary>
    public async Task DeployGoodAsync(int round, string environment)
    {
        var hash = await DeployAsync(round, environment);

        // The one before is held until the guard has made up its mind.
        await Eventually.TrueAsync("the end of the guard", async () => (await _service.RunningContainersAsync()).Count == 1, 60);
        var status = await _service.StatusAsync();
        Assert.That(status["Upstream"]!["Hash"]!.GetValue<string>(), Is.EqualTo(hash), status["Warnings"]!.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        await _load.DisposeAsync();
        await _service.DisposeAsync();
    }

    private static string[] Lines(int round, string environment) =>
        [string.Create(CultureInfo.InvariantCulture, $"ROUND={round}"), environment];

    private async Task<string> DeployAsync(int round, string environment)
    {
        await _load.WaitForMoreAsync(RequestsBefore, CancellationToken.None);
        var answer = await _service.PostAsync("/deploy?guard=10s", LaunchConfigText.Of("r2", Lines(round, environment)));
        Assert.That(answer.Status, Is.EqualTo(200), $"round {round}: {answer}\n{_service.Process!.Errors}");
        return answer.Json["Hash"]!.GetValue<string>();
    }

    private async Task<IReadOnlyList<JsonNode>> GuardEventsAsync(int count)
    {
        IReadOnlyList<JsonNode> events = [];
        try
        {
            await Eventually.TrueAsync("the guard acts", async () => (events = await ReadGuardEventsAsync()).Count >= count, 15);
        }
        catch (AssertionException exception)
        {
            var status = await _service.StatusAsync();
            throw new AssertionException($"round {count}: {exception.Message}\n{status["ResponseTimes"]}\n{status["Previous"]}\n{_service.Process!.Errors}", exception);
        }

        return events;
    }

    private async Task<IReadOnlyList<JsonNode>> ReadGuardEventsAsync()
    {
        var events = new List<JsonNode>();
        foreach (var key in await _service.Store.ListAsync($"{_service.Prefix}/events/"))
        {
            if (await _service.Store.GetAsync(key) is { Length: > 0 } bytes && JsonNode.Parse(bytes) is { } happened
                && happened["Type"]!.GetValue<string>() == "guard_rollback")
            {
                events.Add(happened);
            }
        }

        return events;
    }

    private async Task<string?> LastRevisionAsync() =>
        JsonNode.Parse(await _service.Store.GetAsync($"{_service.Prefix}/history.json") ?? "[]"u8.ToArray())!.AsArray()
            .LastOrDefault()?["Revision"]?.GetValue<string>();
}
