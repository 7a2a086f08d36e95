using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.IntegrationTests.Lifecycle;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>The S3 server breaks connections, is slow, answers 500 and 403, and loses conditional writes.</summary>
[Category("Faults")]
[Parallelizable(ParallelScope.Self)]
internal sealed class StoreOutageTests
{
    private StoreRelay _relay = null!;
    private TestService _service = null!;

    [SetUp]
    public async Task StartServiceAsync()
    {
        _relay = new StoreRelay(TestEnvironment.S3Variables["AWS_ENDPOINT_URL"]);
        _service = await CreateServiceAsync(StoreKind.S3);
        var variables = new Dictionary<string, string>(TestEnvironment.S3Variables, StringComparer.Ordinal)
        {
            ["AWS_ENDPOINT_URL"] = _relay.Url,
        };
        await _service.StartWithAsync(["run", .. _service.Arguments()], variables);
        await _service.WaitUntilIdleAsync();
        await _service.DeployAsync(Config("r1"));
    }

    [TearDown]
    public async Task StopServiceAsync()
    {
        await _service.DisposeAsync();
        await _relay.DisposeAsync();
    }

    [TestCase("Broken", "store_unavailable")]
    [TestCase("Error", "store_unavailable")]
    [TestCase("Denied", "store_denied")]
    public async Task Deploy_with_a_failing_store_is_refused_and_works_when_it_is_healed(string fault, string code)
    {
        _relay.Judge(Enum.Parse<StoreFault>(fault));

        var refused = await _service.PostAsync("/deploy", Config("r2"));
        var status = await _service.StatusAsync();
        var served = await ServedAsync();
        _relay.Heal();
        await Eventually.TrueAsync("the store again", async () => (await _service.PostAsync("/deploy", Config("r2"))).Status == 200);

        Assert.That((refused.Status, refused.ErrorCode), Is.EqualTo((503, code)), refused.ToString());

        // A right that is missing for a write is a warning: the store answers, and reads may go on.
        Assert.That(status["StoreState"]!.GetValue<string>() != "Ok" || status["Warnings"]!.AsArray().Count > 0);
        Assert.That(served, Is.EqualTo("r1"));
        Assert.That(await ServedAsync(), Is.EqualTo("r2"));
        await AssertHistoryAsync("r1", "r2");
    }

    [TestCase("Broken")]
    [TestCase("Error")]
    public async Task Long_outage_is_borne_quietly(string fault)
    {
        var seconds = FaultRounds.Of(ci: 5, full: 45);
        _relay.Judge(request => request.Writes("/history.json") ? Enum.Parse<StoreFault>(fault) : StoreFault.None);
        await _service.DeployAsync(Config("r2"));
        _relay.Judge(Enum.Parse<StoreFault>(fault));

        // What is measured is the effort of this time, however much happens in it.
        var before = Effort.Of(_service.Process!);
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        var spent = Effort.Of(_service.Process!).Since(before);
        var requests = _relay.Faults;
        var told = (await _service.StatusAsync())["StoreState"]!.GetValue<string>();
        _relay.Heal();

        TestContext.Out.WriteLine($"{seconds} s without a store: {spent}, {requests} requests");
        Assert.That(told, Is.Not.EqualTo("Ok"));
        Assert.That(requests, Is.AtMost(10 + (2 * seconds)), "back-off");
        Assert.That(spent.LogLines, Is.AtMost(4), _service.Process!.Output);
        Assert.That(spent.ProcessorTime.TotalSeconds, Is.LessThan(0.2 * seconds), "no busy loop");
        await AssertHistoryAsync("r1", "r2");
    }

    [Test]
    public async Task Slow_store_only_takes_longer()
    {
        _relay.Judge(StoreFault.Slow);

        await _service.DeployAsync(Config("r2"));

        Assert.That(_relay.Faults, Is.GreaterThan(0));
        Assert.That(await ServedAsync(), Is.EqualTo("r2"));
        await AssertHistoryAsync("r1", "r2");
    }

    [TestCase("Broken")]
    [TestCase("Error")]
    public async Task History_that_cannot_be_written_after_the_switch_is_written_later(string fault)
    {
        _relay.Judge(request => request.Writes("/history.json") ? Enum.Parse<StoreFault>(fault) : StoreFault.None);

        var deployed = await _service.DeployAsync(Config("r2"));
        var served = await ServedAsync();
        _relay.Heal();

        Assert.That(deployed["HistoryPending"]!.GetValue<bool>());
        Assert.That(served, Is.EqualTo("r2"));
        await AssertHistoryAsync("r1", "r2");
    }

    [TestCase("Lost")]
    [TestCase("AnswerLost")]
    public async Task Conditional_write_that_is_lost_once_leaves_the_entry_exactly_once(string fault)
    {
        var first = 1;
        _relay.Judge(request => request.Writes("/history.json") && Interlocked.Exchange(ref first, 0) == 1
            ? Enum.Parse<StoreFault>(fault)
            : StoreFault.None);

        var deployed = await _service.DeployAsync(Config("r2"));

        Assert.That(_relay.Faults, Is.EqualTo(1));
        Assert.That(deployed["HistoryPending"]!.GetValue<bool>(), Is.False);
        await AssertHistoryAsync("r1", "r2");
    }

    [Test]
    public async Task Restart_without_the_store_serves_and_completes_the_history_when_it_is_back()
    {
        _relay.Judge(request => request.Writes("/history.json") ? StoreFault.Error : StoreFault.None);
        await _service.DeployAsync(Config("r2"));
        _relay.Judge(StoreFault.Broken);
        await _service.KillAsync();
        var variables = new Dictionary<string, string>(TestEnvironment.S3Variables, StringComparer.Ordinal)
        {
            ["AWS_ENDPOINT_URL"] = _relay.Url,
        };

        await _service.StartWithAsync(["run", .. _service.Arguments()], variables);
        await Eventually.TrueAsync("r2 is served", async () => await ServedAsync() == "r2");
        _relay.Heal();

        await AssertHistoryAsync("r1", "r2");
    }

    [Test]
    public async Task Store_without_conditional_writes_works_by_a_lease_and_warns()
    {
        await using var service = await CreateServiceAsync(StoreKind.Swift);
        await service.StartAsync();

        await service.DeployAsync(Config("r1"));
        await service.DeployAsync(Config("r2"));

        var history = (await service.GetAsync("/history")).Json["Entries"]!.AsArray();
        Assert.That(history.Select(entry => entry!["Revision"]!.GetValue<string>()), Is.EqualTo(new[] { "r1", "r2" }));
        await Eventually.TrueAsync(
            "the warning", async () => (await service.StatusAsync())["Warnings"]!.ToJsonString().Contains("conditional", StringComparison.Ordinal));
        Assert.That((await service.Store.ListAsync($"{service.Prefix}/lock.")), Is.Empty, "the lease is given back");
    }

    private static string Config(string revision) => LaunchConfigText.Of(revision, $"GREETING={revision}");

    private static async Task<TestService> CreateServiceAsync(StoreKind kind)
    {
        var service = await TestService.CreateAsync(kind);
        foreach (var revision in new[] { "r1", "r2" })
        {
            await BusyboxImage.ImportAsync(TestEngine.SocketPath, service.Repository, revision);
        }

        return service;
    }

    private async Task<string> ServedAsync() => (await _service.GetProxiedAsync("/up")).Text.TrimEnd();

    /// <summary>Each success has one history entry and one event, in order; current.json equals the last.</summary>
    private async Task AssertHistoryAsync(params string[] revisions)
    {
        await Eventually.TrueAsync("the whole history", async () => (await RevisionsAsync()).Count >= revisions.Length, 90);
        Assert.That(await RevisionsAsync(), Is.EqualTo(revisions));
        await Eventually.TrueAsync("the events", async () => (await DeployEventsAsync()).Count >= revisions.Length, 90);
        Assert.That(await DeployEventsAsync(), Is.EqualTo(revisions));
        var current = JsonNode.Parse(await _service.Store.GetAsync($"{_service.Prefix}/current.json"));
        Assert.That(current!["Revision"]!.GetValue<string>(), Is.EqualTo(revisions[^1]));
    }

    private async Task<IReadOnlyList<string>> RevisionsAsync()
    {
        var history = JsonNode.Parse(await _service.Store.GetAsync($"{_service.Prefix}/history.json") ?? "[]"u8.ToArray())!;
        return [.. history.AsArray().Select(entry => entry!["Revision"]!.GetValue<string>())];
    }

    private async Task<IReadOnlyList<string>> DeployEventsAsync()
    {
        var events = new List<string>();
        foreach (var key in await _service.Store.ListAsync($"{_service.Prefix}/events/"))
        {
            var record = JsonNode.Parse(await _service.Store.GetAsync(key))!;
            if (record["Type"]!.GetValue<string>() == "deploy")
            {
                events.Add(record["Revision"]!.GetValue<string>());
            }
        }

        return events;
    }
}
