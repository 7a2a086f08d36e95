using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.IntegrationTests.Lifecycle;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>
/// The engine's daemon is stopped and killed while nothing happens, during a launch and during a drain. Forwarding goes
/// on as long as the containers live, changing calls are refused, and all is picked up again.
/// </summary>
[TestFixture(true)]
[TestFixture(false)]
[Category("Faults")]
[Parallelizable(ParallelScope.Self)]
internal sealed class EngineOutageTests(bool isLiveRestore)
{
    private const int Stop = WunderProxyProcess.SigTerm;
    private const int Kill = WunderProxyProcess.SigKill;

    /// <summary>Answers /up at once and /cgi-bin/slow after four seconds.</summary>
    private const string Server =
        "mkdir -p /www/cgi-bin; echo $GREETING >/www/up; "
        + @"printf '#!/bin/sh\nsleep 4\nprintf ""Content-Type: text/plain\\r\\n\\r\\nslow\\n""\n' >/www/cgi-bin/slow; "
        + "/bin/busybox chmod 755 /www/cgi-bin/slow; trap 'exit 0' TERM; /bin/busybox httpd -f -p 9292 -h /www & wait";

    private OwnEngine _engine = null!;
    private TestEngine _client = null!;

    [OneTimeSetUp]
    public async Task StartEngineAsync()
    {
        _engine = await OwnEngine.StartNewAsync(isLiveRestore);
        _client = new TestEngine(_engine.SocketPath);
    }

    /// <summary>The next test finds an engine, whatever became of this one.</summary>
    [TearDown]
    public Task BringEngineBackAsync() => _engine.IsRunning ? Task.CompletedTask : _engine.StartAsync();

    [OneTimeTearDown]
    public async Task StopEngineAsync()
    {
        _client.Dispose();
        await _engine.DisposeAsync();
    }

    [TestCase(Stop)]
    [TestCase(Kill)]
    public async Task Engine_away_while_idle_leaves_traffic_alone_and_is_picked_up_again(int signal)
    {
        await using var service = await StartServiceAsync();
        await service.DeployAsync(Config("r1"));
        var before = await CurrentAsync(service);

        await _engine.EndAsync(signal);
        if (ContainersOutlive(signal))
        {
            await AssertServesAsync(service, "r1");
        }

        var refused = await service.PostAsync("/deploy", Config("r2"));
        var state = (await service.StatusAsync())["DockerState"]!.GetValue<string>();
        await _engine.StartAsync();

        Assert.That((refused.Status, refused.ErrorCode), Is.EqualTo((503, "engine_unavailable")), refused.ToString());
        Assert.That(state, Is.Not.EqualTo("Ok"));
        await AssertPickedUpAsync(service, "r1");
        if (isLiveRestore)
        {
            Assert.That(await CurrentAsync(service), Is.EqualTo(before), "the container was not touched");
        }

        await AssertDeploysAsync(service);
    }

    [TestCase(Stop)]
    [TestCase(Kill)]
    public async Task Engine_away_during_a_launch_fails_it_and_leaves_no_orphan(int signal)
    {
        await using var service = await StartServiceAsync();
        await service.DeployAsync(Config("r1"));

        var launch = service.PostAsync("/deploy", Config("r2", "sleep 60"));
        await service.EventuallyAsync("the new container", async () => (await RunningAsync(service)).Count == 2);
        await _engine.EndAsync(signal);
        if (ContainersOutlive(signal))
        {
            await AssertServesAsync(service, "r1");
        }

        var answer = await launch;
        await _engine.StartAsync();

        Assert.That(answer.Status, Is.EqualTo(503).Or.EqualTo(422), answer.ToString());
        await service.EventuallyAsync("the end of the orphan", async () => (await _client.ListAsync(Label(service))).Count == 1, 60);
        await AssertPickedUpAsync(service, "r1");
        await AssertDeploysAsync(service);
    }

    [TestCase(Stop)]
    [TestCase(Kill)]
    public async Task Engine_away_during_a_switch_leaves_the_old_one_or_the_new_one(int signal)
    {
        await using var service = await StartServiceAsync();
        await service.DeployAsync(Config("r1"));
        var second = await service.StoreConfigAsync(Config("r2", health: "/cgi-bin/slow"));
        Assert.That((await service.PostAsync("/launch", second)).Status, Is.EqualTo(200));

        // The probe before the switch takes four seconds.
        var switching = service.PostAsync("/switch", second);
        await service.EventuallyAsync("the switch", async () => (await service.StatusAsync())["Operation"] is not null);
        await _engine.EndAsync(signal);
        var answer = await switching;
        await _engine.StartAsync();

        Assert.That(answer.Status, Is.EqualTo(200).Or.EqualTo(503).Or.EqualTo(422).Or.EqualTo(409), answer.ToString());
        await AssertPickedUpAsync(service, answer.Status == 200 ? "r2" : "r1");
        await AssertDeploysAsync(service);
    }

    [Test]
    public async Task Long_outage_is_borne_quietly()
    {
        await using var service = await StartServiceAsync();
        await service.DeployAsync(Config("r1"));
        var seconds = FaultRounds.Of(ci: 5, full: 45);

        await _engine.EndAsync(Kill);

        // What is measured is the effort of this time, however much happens in it.
        var before = Effort.Of(service.Process!);
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        var spent = Effort.Of(service.Process!).Since(before);
        await _engine.StartAsync();

        TestContext.Out.WriteLine($"{seconds} s without an engine: {spent}");
        Assert.That(spent.LogLines, Is.AtMost(4), service.Process!.Output);
        Assert.That(spent.ProcessorTime.TotalSeconds, Is.LessThan(0.2 * seconds), "no busy loop");
        await AssertPickedUpAsync(service, "r1");
    }

    [TestCase(Stop)]
    [TestCase(Kill)]
    public async Task Engine_away_during_a_drain_loses_no_exchange_and_retires_later(int signal)
    {
        await using var service = await StartServiceAsync();
        await service.DeployAsync(Config("r1"));
        var slow = service.GetProxiedAsync("/cgi-bin/slow");
        await service.EventuallyAsync("the exchange", async () => (await service.StatusAsync())["InFlight"]!.GetValue<long>() > 0);
        await service.DeployAsync(Config("r2"));

        await _engine.EndAsync(signal);
        if (ContainersOutlive(signal))
        {
            Assert.That((await slow).Text, Is.EqualTo("slow\n"));
            await AssertServesAsync(service, "r2");
        }

        await ((Task)slow).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _engine.StartAsync();

        await AssertPickedUpAsync(service, "r2");
        await service.EventuallyAsync("the retirement", async () => (await RunningAsync(service)).Count == 1, 60);
        await AssertDeploysAsync(service);
    }

    private static string Config(string revision, string before = "true", string health = "/up")
    {
        var config = LaunchConfigText.Document(revision, $"GREETING={revision}");
        config["HealthCheckPath"] = health;

        // A port of our choice: several engines on one machine would pick the same ones.
        config["HostConfig"]!["PortBindings"]!["9292/tcp"]![0]!["HostPort"] =
            WunderProxyProcess.FreeEndPoint().Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        config["ContainerConfig"]!["Cmd"] = new JsonArray("/bin/busybox", "sh", "-c", $"{before}; {Server}");
        return config.ToJsonString();
    }

    private static string Label(TestService service) => $"wunderproxy.app={service.App}";

    private static async Task AssertServesAsync(TestService service, string revision)
    {
        for (var i = 0; i < 50; i++)
        {
            var answer = await service.GetProxiedAsync("/up");
            Assert.That((answer.Status, answer.Text), Is.EqualTo((200, $"{revision}\n")), $"request {i}");
        }
    }

    private async Task<TestService> StartServiceAsync()
    {
        var service = await TestService.CreateAsync();
        foreach (var revision in new[] { "r1", "r2", "r3" })
        {
            await BusyboxImage.ImportAsync(_engine.SocketPath, service.Repository, revision);
        }

        await service.StartAsync("--docker-host", _engine.DockerHost, "--stop-timeout", "2s");
        return service;
    }

    // A daemon that is stopped in order takes its containers along, a killed one cannot; unless live-restore is on.
    private bool ContainersOutlive(int signal) => isLiveRestore || signal == Kill;

    private static async Task AssertPickedUpAsync(TestService service, string revision)
    {
        await service.EventuallyAsync(
            "the engine is seen again", async () => (await service.StatusAsync())["DockerState"]!.GetValue<string>() == "Ok", 60);
        await service.EventuallyAsync(
            $"{revision} is served", async () => await service.GetProxiedAsync("/up") is { Status: 200 } answer
                && answer.Text == $"{revision}\n", 60);
        await service.WaitUntilIdleAsync();
    }

    private async Task AssertDeploysAsync(TestService service)
    {
        await service.DeployAsync(Config("r3"));
        await AssertServesAsync(service, "r3");
        foreach (var container in await _client.ListAsync(Label(service)))
        {
            var known = (await service.GetAsync("/containers")).Text;
            Assert.That(known, Does.Contain(container["Id"]!.GetValue<string>()), "every container is in care");
        }
    }

    private async Task<(string Id, string StartedAt)> CurrentAsync(TestService service)
    {
        var id = (await RunningAsync(service)).Single()["Id"]!.GetValue<string>();
        return (id, (await _client.InspectAsync(id))["State"]!["StartedAt"]!.GetValue<string>());
    }

    private async Task<IReadOnlyList<JsonNode>> RunningAsync(TestService service) =>
        [.. (await _client.ListAsync(Label(service))).Where(container => container["State"]!.GetValue<string>() == "running")];
}
