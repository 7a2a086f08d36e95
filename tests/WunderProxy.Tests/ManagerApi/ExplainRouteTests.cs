using System.Net;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>What <c>GET /explain</c> tells callers with and without rights.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ExplainRouteTests
{
    private static readonly LaunchExplanation Failed = new(
        new FailedLaunch
        {
            At = TimeProvider.System.GetUtcNow().AddMinutes(-3),
            Kind = "deploy",
            By = "ada",
            Revision = "r43",
            Hash = "5e884898",
            Code = "exit_code",
            Message = "the container of r43 exited: quoted words",
            Seconds = 2.5,
            Steps = [new StepTime("creating", 0.5), new StepTime("checking", 2)],
            Image = "registry.inside/shop:r43",
            ContainerPort = 9292,
            HealthCheckPath = "/secret-path",
            Details = new DeploymentErrorDetails
            {
                Reason = "exit_code",
                ExitCode = 7,
                MemoryLimit = 64 << 20,
                Log = ["line of the log\u001b[2J"],
                ListeningAddresses = ["127.0.0.1:9292"],
                Probes = [new ProbeView(DateTimeOffset.UnixEpoch, "status_301", 0.01) { Location = "https://inside.example" }],
            },
        },
        new LikelyCause("exited", "The process ended: quoted words", "Do something.") { PublicText = "The process ended." });

    private static readonly SwitchExplanation Switched = new(
        new SwitchRecord
        {
            At = TimeProvider.System.GetUtcNow().AddMinutes(-125),
            Kind = "deploy",
            By = "ada",
            Hash = "bb",
            Revision = "r42",
            FromHash = "aa",
            FromRevision = "r41",
            Seconds = 4.5,
            Before = new TrafficSummary(500, 0.1, 7, 0.01, 0.2),
            After = new TrafficSummary(70, 0, 0, 0.01, 0.2),
            Drain = new DrainOutcome(DrainOutcome.CutShort, 9, 2, 30),
        },
        new LikelyCause("alike", "Both answer alike.", "") { PublicText = "Both answer alike." });

    [Test]
    public async Task Failed_launch_is_told_as_text()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Launch = Failed;

        var response = await api.CallAsync("GET /explain?what=launch");

        Assert.That(response.ContentType, Does.StartWith("text/plain"));
        Assert.That(ApiFixture.TextOf(response), Does
            .StartWith("The launch of r43, asked for by ada (deploy), failed 3 minutes ago while waiting until it is healthy, after 2.5 s. The process ended: quoted words")
            .And.Contain("What to do: Do something.")
            .And.Match("cause +exited")
            .And.Match("exit code +7")
            .And.Match("memory +limit 64 MiB")
            .And.Contain("    | line of the log [2J"));
    }

    [Test]
    public async Task Failed_launch_is_told_as_json()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Launch = Failed;

        var told = JsonNode.Parse(ApiFixture.TextOf(await api.CallAsync("GET /explain?what=launch", accept: "application/json")))!;

        Assert.That(told["What"]!.GetValue<string>(), Is.EqualTo("launch"));
        Assert.That(told["Cause"]!.GetValue<string>(), Is.EqualTo("exited"));
        Assert.That(told["Advice"]!.GetValue<string>(), Is.EqualTo("Do something."));
        Assert.That(told["Launch"]!["Details"]!["ExitCode"]!.GetValue<int>(), Is.EqualTo(7));
        Assert.That(told["Launch"]!["Steps"]![1]!["Seconds"]!.GetValue<double>(), Is.EqualTo(2));
    }

    [TestCase("")]
    [TestCase("application/json")]
    public async Task Stranger_gets_codes_and_times_alone(string accept)
    {
        await using var api = new ApiFixture(token: "secret");
        api.Lifecycle.Launch = Failed;

        var text = ApiFixture.TextOf(await api.CallAsync("GET /explain", accept: accept));

        Assert.That(text, Does.Contain("r43").And.Contain("exited").And.Contain("exit_code").And.Contain("status_301"));
        Assert.That(text, Does.Not.Contain("quoted").And.Not.Contain("inside").And.Not.Contain("127.0.0.1").And.Not.Contain("line of the log")
            .And.Not.Contain("secret-path").And.Not.Contain("9292").And.Not.Contain("ada"));
    }

    [TestCase("")]
    [TestCase("application/json")]
    public async Task Stranger_is_not_told_who_switched_nor_in_which_words_the_guard_judged(string accept)
    {
        await using var api = new ApiFixture(token: "secret");
        var watch = new GuardView("id", "bb", "r42", "aa", "r41", default, default, GuardState.Kept, "the engine said: quoted");
        api.Lifecycle.LastSwitch = Switched with { Switch = Switched.Switch with { Guard = watch } };

        var text = ApiFixture.TextOf(await api.CallAsync("GET /explain?what=switch", accept: accept));

        Assert.That(text, Does.Contain("r41").And.Contain("deploy").And.Contain(GuardState.Kept));
        Assert.That(text, Does.Not.Contain("ada").And.Not.Contain("quoted"));
    }

    [Test]
    public async Task Stranger_is_not_told_who_paused()
    {
        await using var api = new ApiFixture(token: "secret");
        api.Lifecycle.Incidents = [new Incident(TimeProvider.System.GetUtcNow(), "pause", "r42") { By = "ada" }];

        var text = ApiFixture.TextOf(await api.CallAsync("GET /explain?what=errors"));

        Assert.That(text, Does.Match("happened .*Z pause r42").And.Not.Contain("ada"));
    }

    [Test]
    public async Task Switch_is_told_with_the_numbers_of_both_revisions()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.LastSwitch = Switched;

        var text = ApiFixture.TextOf(await api.CallAsync("GET /explain?what=switch"));
        var json = JsonNode.Parse(ApiFixture.TextOf(await api.CallAsync("GET /explain?what=switch", accept: "application/json")))!;

        Assert.That(text, Does
            .StartWith("Traffic was switched from r41 to r42 2 hours ago (deploy, by ada); the whole operation took 4.5 s. Both answer alike."
                + " The drain of r41 ended after 30 s, and 2 exchanges were cut off.")
            .And.Match("before +500 requests, 10.00 ?% 5xx")
            .And.Match("after +70 requests")
            .And.Match("drain +cut_off after 30 s, 9 in flight at the switch, 2 cut off"));
        Assert.That(json["Switch"]!["Before"]!["ErrorShare"]!.GetValue<double>(), Is.EqualTo(0.1));
        Assert.That(json["Switch"]!["Drain"]!["CutOff"]!.GetValue<int>(), Is.EqualTo(2));
    }

    [TestCase(-180, "launch")]
    [TestCase(-60, "switch")]
    public async Task Without_a_wish_the_failed_launch_is_explained_until_the_next_switch(int switchedMinutes, string expected)
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Launch = Failed with { Launch = Failed.Launch with { At = TimeProvider.System.GetUtcNow().AddMinutes(-120) } };
        api.Lifecycle.LastSwitch = Switched with { Switch = Switched.Switch with { At = TimeProvider.System.GetUtcNow().AddMinutes(switchedMinutes) } };

        var told = JsonNode.Parse(ApiFixture.TextOf(await api.CallAsync("GET /explain", accept: "application/json")))!;

        Assert.That(told["What"]!.GetValue<string>(), Is.EqualTo(expected));
        Assert.That(told["Chosen"]!.GetValue<string>(), Is.Not.Empty);
    }

    [Test]
    public async Task Launch_that_was_followed_by_a_switch_says_so()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Launch = Failed;
        api.Lifecycle.State = new LifecycleSnapshot
        {
            Since = TimeProvider.System.GetUtcNow(),
            Intended = new TrafficTarget(new IPEndPoint(IPAddress.Loopback, 1), "c", default, "r44"),
        };

        Assert.That(ApiFixture.TextOf(await api.CallAsync("GET /explain?what=launch")), Does.Contain("Since then traffic was switched to r44."));
    }

    [TestCase(null)]
    [TestCase("secret")]
    public async Task Errors_are_told_with_what_happened_beside_them(string? token)
    {
        await using var api = new ApiFixture(token: token);
        api.Lifecycle.Incidents = [new Incident(TimeProvider.System.GetUtcNow(), Incident.Died, "r42") { ExitCode = 137, Detail = "quoted" }];
        api.Lifecycle.Current = new ContainerReport { Container = "0123456789", IsRunning = true, Log = ["line of the log"], Missing = ["its past"] };

        var text = ApiFixture.TextOf(await api.CallAsync("GET /explain?what=errors"));

        Assert.That(text, Does.Match("cause +none").And.Match("happened .*Z died r42").And.Contain("exit code 137"));
        Assert.That(text, token is null
            ? Does.Contain("line of the log").And.Match("not known +its past").And.Match("container +01234567 runs")
            : Does.Not.Contain("line of the log").And.Not.Contain("quoted"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Nothing_to_explain_is_said(bool hasLifecycle)
    {
        await using var api = new ApiFixture(hasLifecycle);

        var told = JsonNode.Parse(ApiFixture.TextOf(await api.CallAsync("GET /explain?what=launch", accept: "application/json")))!;

        Assert.That(told["What"]!.GetValue<string>(), Is.EqualTo("nothing"));
    }

    [Test]
    public async Task Unknown_matter_is_refused()
    {
        await using var api = new ApiFixture();

        var response = await api.CallAsync("GET /explain?what=everything", accept: "application/json");

        Assert.That(response.Status, Is.EqualTo(400));
        Assert.That(JsonNode.Parse(ApiFixture.TextOf(response))!["error"]!.GetValue<string>(), Is.EqualTo(ApiErrorCode.BadWhat));
    }
}
