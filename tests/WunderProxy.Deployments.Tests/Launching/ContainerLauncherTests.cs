using System.Net;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Tests.Docker;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Launching;

/// <summary>
/// Launches that fail: the reason code, the evidence, and that nothing is left of the container while what served goes on
/// serving. Those that succeed are in <see cref="ContainerLifecycleTests"/>.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class ContainerLauncherTests
{
    private readonly ManualTimeProvider _clock = new();

    [Test]
    public async Task Container_that_the_engine_does_not_create_is_told_in_its_words()
    {
        await using var machine = await StartAsync();
        machine.BeforeCreate = _ => ScriptedDocker.Refusal(HttpStatusCode.BadRequest, "Memory: expected a number");

        var failure = await FailAsync(machine, machine.Config("bad"));

        Assert.That((failure.Code, failure.Message), Is.EqualTo(
            ("create_failed", "the container of bad cannot be created: Memory: expected a number")));
        Assert.That(machine.Engine.Calls, Has.None.StartsWith("DELETE"), "nothing was made");
    }

    [Test]
    public async Task Container_that_was_created_with_an_answer_that_cannot_be_read_is_removed()
    {
        await using var machine = await StartAsync();
        machine.BeforeCreate = name =>
        {
            var labels = machine.LabelsOf(machine.HashOf("bad"), "bad");
            machine.AddContainer("unread", name, "there:1", "created", labels, _clock.GetUtcNow());
            return ScriptedEngine.Answer(HttpStatusCode.Created, """{"Id":7}"""u8.ToArray());
        };

        var failure = await FailAsync(machine, machine.Config("bad"));

        Assert.That(failure.Code, Is.EqualTo("create_failed"));
        Assert.That(machine.Engine.Calls, Has.One.Match("^DELETE /v[0-9.]+/containers/unread[?]"));
    }

    [Test]
    public async Task Name_that_is_taken_each_time_is_given_up_after_three()
    {
        await using var machine = await StartAsync();
        var names = new List<string>();
        machine.BeforeCreate = name =>
        {
            names.Add(name);
            return ScriptedDocker.Refusal(HttpStatusCode.Conflict, $"Conflict. The container name \"/{name}\" is already in use");
        };

        var failure = await FailAsync(machine, machine.Config("bad"));

        Assert.That(failure.Code, Is.EqualTo("create_failed"));
        Assert.That(names, Has.Count.EqualTo(3).And.Unique);
    }

    [Test]
    public async Task Container_that_the_engine_does_not_start_is_removed()
    {
        await using var machine = await StartAsync();
        machine.RefuseStart = () => "no such network";

        var failure = await FailAsync(machine, machine.Config("bad"));

        Assert.That((failure.Code, failure.Message), Is.EqualTo(
            ("start_failed", "the container of bad cannot be started: no such network")));
    }

    [Test]
    public async Task Container_that_exits_is_told_with_its_code_its_error_and_its_log_without_secrets()
    {
        await using var machine = await StartAsync();
        machine.Docker.Log = ["token is hunter2hunter2", "out"];
        machine.Docker.Inspecting = State("bad", state =>
        {
            state["Running"] = false;
            state["ExitCode"] = 7;
            state["Error"] = "exec failed";
        });

        var failure = await FailAsync(
            machine, machine.Config("bad", config => config["ContainerConfig"]!["Env"] = new JsonArray("API_TOKEN=hunter2hunter2")));

        Assert.That((failure.Code, failure.Details!.ExitCode), Is.EqualTo(("exit_code", 7L)));
        Assert.That(failure.Message, Is.EqualTo("the container of bad exited with code 7: exec failed"));
        Assert.That(failure.Details.Log, Is.EqualTo(new[] { "token is ***", "out" }));
    }

    [TestCase("Restarting")]
    [TestCase("RestartCount")]
    [TestCase("StartedAt")]
    public async Task Container_that_was_restarted_while_it_was_awaited_fails_at_once(string sign)
    {
        await using var machine = await StartAsync();
        var looks = 0;
        machine.Docker.Inspecting = (revision, details) =>
        {
            if (revision != "bad" || ++looks == 1)
            {
                return;
            }

            var state = details["State"]!;
            state["Restarting"] = sign == "Restarting";
            details["RestartCount"] = sign == "RestartCount" ? 1 : 0;
            state["StartedAt"] = sign == "StartedAt" ? "another" : state["StartedAt"]!.GetValue<string>();
        };
        machine.StatusOf = _ => looks == 0 ? 200 : 404;

        var failure = await FailAsync(machine, machine.Config("bad"));

        Assert.That(failure.Code, Is.EqualTo(sign == "StartedAt" ? "exit_code" : "restart_loop"));
    }

    [Test]
    public async Task Container_that_its_own_healthcheck_doubts_fails_at_once()
    {
        await using var machine = await StartAsync();
        machine.Docker.Inspecting = State("bad", state => state["Health"] = new JsonObject { ["Status"] = "unhealthy" });

        var failure = await FailAsync(machine, machine.Config("bad"));

        Assert.That(failure.Code, Is.EqualTo("healthcheck"));
        Assert.That(failure.Message, Does.StartWith("the container of bad is unhealthy by its own HEALTHCHECK"));
    }

    [Test]
    public async Task Container_that_was_killed_for_want_of_memory_is_told_as_such()
    {
        await using var machine = await StartAsync();
        machine.Docker.Inspecting = State("bad", state =>
        {
            state["Running"] = false;
            state["ExitCode"] = 137;
            state["OOMKilled"] = true;
        });

        var failure = await FailAsync(machine, machine.Config("bad"));

        Assert.That((failure.Code, failure.Details!.ExitCode), Is.EqualTo(("oom", 137L)));
    }

    [TestCase(404)]
    [TestCase(302)]
    public async Task Container_that_answers_another_status_until_the_end_fails_with_it(int status)
    {
        await using var machine = await StartAsync();
        machine.StatusOf = path => path == "/bad" ? status : 200;
        var told = new Listener();

        var failure = await FailAsync(machine, machine.Config("bad", config => config["HealthCheckPath"] = "/bad"), told);

        Assert.That(failure.Code, Is.EqualTo($"status_{status}"));
        Assert.That(failure.Message, Does.StartWith($"the container of bad is not healthy after 60 s: status_{status}"));
        Assert.That(failure.Details!.Probes, Has.Count.EqualTo(10), "the latest");
        Assert.That(failure.Details.Probes!.Select(probe => probe.Result), Is.All.EqualTo($"status_{status}"));
        Assert.That(failure.Details.ExitCode, Is.Null, "it runs");
        Assert.That(told.Messages, Has.Some.EqualTo($"bad is not healthy yet: status_{status}"));
    }

    [Test]
    public async Task Container_that_becomes_healthy_later_is_awaited()
    {
        await using var machine = await StartAsync();
        var probes = 0;
        machine.StatusOf = path => path == "/slow" && ++probes < 5 ? 503 : 200;

        var deploying = machine.DeployAsync(machine.Config("slow", config => config["HealthCheckPath"] = "/slow"));
        await _clock.PassPausesAsync(ScriptedMachine.ProbePauses, "health", deploying);

        Assert.That((machine.Traffic.Current!.Revision, probes), Is.EqualTo(("slow", 5)));
    }

    [Test]
    public async Task Container_whose_port_nobody_listens_on_fails_naming_where_it_listens()
    {
        await using var machine = await StartAsync();
        machine.Docker.Inspecting = (revision, details) =>
        {
            if (revision == "bad")
            {
                // Our own process plays the container's: the control group of every process has a slash.
                details["Id"] = "/";
                details["State"]!["Pid"] = Environment.ProcessId;
            }
        };

        var failure = await FailAsync(machine, machine.Config("bad", config => config["ContainerPort"] = $"{FreePort.Next()}/tcp"));

        Assert.That(failure.Code, Is.EqualTo("refused"));
        Assert.That(failure.Details!.ListeningPorts, Does.Contain(machine.Port), "the ports of our own process");
        Assert.That(failure.Details.ListeningAddresses, Does.Contain($"127.0.0.1:{machine.Port}"));
        Assert.That(failure.Message, Does.Contain("listens"));
    }

    [Test]
    public async Task Container_without_an_address_has_no_route()
    {
        await using var machine = await StartAsync();
        machine.Docker.Inspecting = (revision, details) =>
        {
            if (revision == "bad")
            {
                details["NetworkSettings"] = new JsonObject { ["Networks"] = new JsonObject() };
            }
        };

        var failure = await FailAsync(machine, machine.Config("bad"));

        Assert.That(failure.Code, Is.EqualTo("no_route"));
        Assert.That(failure.Details!.ListeningPorts, Is.Null, "nowhere to ask");
    }

    [Test]
    public async Task Log_that_cannot_be_read_costs_no_other_evidence()
    {
        await using var machine = await StartAsync();
        machine.Docker.Log = null;
        machine.Docker.Inspecting = State("bad", state =>
        {
            state["Running"] = false;
            state["ExitCode"] = 3;
        });

        var failure = await FailAsync(machine, machine.Config("bad"));

        Assert.That((failure.Details!.ExitCode, failure.Details.Log), Is.EqualTo(((long?)3, (IReadOnlyList<string>?)null)));
    }

    [Test]
    public async Task Container_that_somebody_removes_meanwhile_fails_and_leaves_nothing()
    {
        await using var machine = await StartAsync();
        machine.OnStep = step =>
        {
            if (step == "deploy/Starting-Checking")
            {
                machine.Docker.Remove("bad");
            }
        };

        var failure = await FailAsync(machine, machine.Config("bad"));

        Assert.That(failure.Code, Is.EqualTo("engine_error"));
    }

    [Test]
    public async Task Config_that_wants_a_reload_gets_its_image_and_a_new_container_each_time()
    {
        await using var machine = await StartAsync();
        var config = machine.Config("r1", config => config["ForceReload"] = true);

        var first = await machine.DeployAsync(config);
        var second = await machine.DeployAsync(config);

        Assert.That((first.Method, second.Method), Is.EqualTo(("pulled", "pulled")));
        Assert.That(second.Container, Is.Not.EqualTo(first.Container));
        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo(second.Container));
    }

    [Test]
    public async Task Running_container_that_does_not_answer_is_not_taken()
    {
        await using var machine = await StartAsync();
        var hash = await machine.StoreAsync("r1");
        var first = await machine.LaunchAsync("r1");
        machine.SetState("r1", "exited");

        var second = await machine.Lifecycle.LaunchAsync(hash, "t", null, CancellationToken.None);

        Assert.That((second.Method, second.Container == first.Container), Is.EqualTo(("created", false)));
    }

    /// <summary>One revision in service.</summary>
    private async Task<ScriptedMachine> StartAsync()
    {
        var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("good");
        return machine;
    }

    /// <summary>Deploys what fails, to the end of the launch's time if need be.</summary>
    private async Task<DeploymentException> FailAsync(ScriptedMachine machine, byte[] config, Listener? told = null)
    {
        var deploying = machine.DeployAsync(config, null, told);
        var failure = (await Assert.ThrowsAsync<DeploymentException>(
            () => _clock.PassPausesAsync(ScriptedMachine.ProbePauses, "the failure", deploying)))!;

        Assert.That(failure.Error, Is.EqualTo(DeploymentError.LaunchFailed));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "made1 running" }), "containers left");
        Assert.That(machine.InCare, Is.EqualTo(new[] { "good current" }));
        Assert.That(machine.Traffic.History, Has.Count.EqualTo(1));
        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "good" }));
        Assert.That((await machine.EventsAsync())[^1], Does.StartWith("failure"));
        return failure;
    }

    private static Action<string, JsonObject> State(string revision, Action<JsonNode> change) => (inspected, details) =>
    {
        if (inspected == revision)
        {
            change(details["State"]!);
        }
    };
}
