using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Watching;

/// <summary>What happens to the container in service: it dies, comes back, is removed, answers badly, or is doubted.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class ContainerWatcherTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ManualTimeProvider _clock = new();

    [Test]
    public async Task Container_that_dies_empties_the_slot_and_is_started_again()
    {
        await using var machine = await StartAsync();

        machine.SetState("r1", "exited");
        await machine.Docker.TellAsync("die", "made1");
        await UntilBackAsync(machine);

        Assert.That(machine.Traffic.History.Select(target => target?.ContainerId), Is.EqualTo(new[] { "made1", null, "made1" }));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "made1 running" }));
        Assert.That(machine.Lifecycle.Snapshot().Health, Is.EqualTo("healthy"));
    }

    [Test]
    public async Task Death_and_return_are_noted_as_what_happened()
    {
        await using var machine = await StartAsync();

        machine.SetState("r1", "exited");
        await machine.Docker.TellAsync("die", "made1");
        await UntilBackAsync(machine);

        Assert.That(
            machine.Lifecycle.Incidents.Select(incident => (incident.What, incident.Revision)),
            Is.EqualTo(new[] { ("switch", "r1"), (Incident.Died, "r1"), (Incident.Back, "r1") }));
    }

    [Test]
    public async Task While_it_is_dead_status_says_so_and_names_what_should_serve()
    {
        await using var machine = await StartAsync();
        machine.RefuseStart = () => "no";

        machine.SetState("r1", "exited");
        await machine.Docker.TellAsync("die", "made1");
        await ScriptedMachine.EventuallyAsync("the empty slot", () => Task.FromResult(machine.Traffic.Current is null));

        var snapshot = machine.Lifecycle.Snapshot();
        Assert.That((snapshot.Current, snapshot.Intended!.ContainerId), Is.EqualTo(((TrafficTarget?)null, "made1")));
        Assert.That((snapshot.Health, snapshot.HealthReason), Is.EqualTo(("unhealthy", "its container does not run")));
    }

    [Test]
    public async Task Container_that_the_engine_starts_again_by_itself_is_followed_and_not_started()
    {
        await using var machine = await StartAsync();
        machine.Docker.Inspecting = (_, details) =>
        {
            details["State"]!["Restarting"] = machine.Containers is ["made1 exited"];
            details["State"]!["StartedAt"] = "the second start";
        };

        machine.SetState("r1", "exited");
        await machine.Docker.TellAsync("die", "made1");
        await ScriptedMachine.EventuallyAsync("the empty slot", () => Task.FromResult(machine.Traffic.Current is null));
        machine.SetState("r1", "running");
        await machine.Docker.TellAsync("start", "made1");
        await UntilBackAsync(machine);

        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("made1"));
        Assert.That(machine.Engine.Calls.Count(call => call.EndsWith("/made1/start", StringComparison.Ordinal)), Is.EqualTo(1), "the launch's");
    }

    // A call looks at the container between its return and the watcher's next look.
    [Test]
    public async Task Container_that_a_call_finds_back_before_the_watcher_gets_traffic_again(
        [Values("launch", "switch", "deploy")] string call)
    {
        await using var machine = await StartAsync();
        machine.RefuseStart = () => "no";
        machine.SetState("r1", "exited");
        await machine.Docker.TellAsync("die", "made1");
        await UntilEmptiedAsync(machine);
        machine.SetState("r1", "running");

        await (call switch
        {
            "launch" => machine.Lifecycle.LaunchAsync(machine.HashOf("r1"), "t", null, CancellationToken.None),
            "switch" => machine.Lifecycle.SwitchAsync(machine.HashOf("r1"), new SwitchOptions { By = "t" }, CancellationToken.None),
            _ => (Task)machine.DeployAsync("r1"),
        });

        if (call == "launch")
        {
            // A launch sends no traffic anywhere: the watcher does.
            await machine.AdvanceUntilAsync("the traffic", () => machine.Traffic.Current is not null);
        }

        Assert.That(machine.Traffic.Current?.ContainerId, Is.EqualTo("made1"));
    }

    [Test]
    public async Task Container_that_was_removed_is_launched_anew()
    {
        await using var machine = await StartAsync();

        machine.Docker.Remove("r1");
        await machine.Docker.TellAsync("destroy", "made1");
        await UntilBackAsync(machine);

        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("made2"));
        Assert.That(machine.Record.Container, Is.EqualTo("made2"));
        Assert.That(machine.InCare, Has.Member("r1 current"));
        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "r1" }), "no deploy");
    }

    [Test]
    public async Task Death_that_nobody_told_is_found_by_the_next_probe()
    {
        await using var machine = await StartAsync();
        machine.StatusOf = _ => machine.Containers is ["made1 running"] ? 200 : 502;

        machine.SetState("r1", "exited");
        await _clock.PassPausesAsync(Interval, "the empty slot", UntilEmptiedAsync(machine));
        await UntilBackAsync(machine);

        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("made1"));
    }

    [Test]
    public async Task Restart_that_nobody_told_is_found_when_the_engine_is_back()
    {
        await using var machine = await StartAsync();
        machine.IsEngineAway = true;
        await machine.Docker.EndEventsAsync();
        machine.Docker.StartTime = () => "while it was away";

        machine.IsEngineAway = false;
        await machine.AdvanceUntilAsync("the empty slot", () => machine.Traffic.History.Contains(null));
        await machine.AdvanceUntilAsync("it serves", () => machine.Traffic.Current is not null);

        Assert.That(machine.Traffic.History.Select(target => target?.ContainerId), Is.EqualTo(new[] { "made1", null, "made1" }));
    }

    [Test]
    public async Task Three_probes_that_fail_are_told_and_traffic_stays()
    {
        await using var machine = await StartAsync();
        machine.StatusOf = _ => 500;

        await _clock.PassPausesAsync(Interval, "the verdict", UntilHealthIsAsync(machine, "unhealthy"));
        var reason = machine.Lifecycle.Snapshot().HealthReason;
        machine.StatusOf = _ => 200;
        await _clock.PassPausesAsync(Interval, "the good one", UntilHealthIsAsync(machine, "healthy"));

        Assert.That(reason, Is.EqualTo("three probes failed, the last: status_500"));
        Assert.That(machine.Lifecycle.Snapshot().HealthReason, Is.Null);
        Assert.That(machine.Traffic.History, Has.Count.EqualTo(1), "the slot was never touched");
        Assert.That(machine.Log.MessagesFrom(LogLevel.Information, "status_500"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Doubt_of_its_own_healthcheck_is_told_at_once_and_traffic_stays()
    {
        await using var machine = await StartAsync();
        machine.Docker.Inspecting = (_, details) =>
            details["State"]!["Health"] = new JsonObject { ["Status"] = "unhealthy" };

        await machine.Docker.TellAsync("health_status: unhealthy", "made1");
        await UntilHealthIsAsync(machine, "unhealthy");

        Assert.That(machine.Lifecycle.Snapshot().HealthReason, Is.EqualTo("its own HEALTHCHECK says so"));
        Assert.That(machine.Traffic.History, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Switch_while_the_current_one_is_dead_goes_on_as_usual()
    {
        await using var machine = await StartAsync();
        await machine.LaunchAsync("r2");
        machine.RefuseStart = () => "no";
        machine.SetState("r1", "exited");
        await machine.Docker.TellAsync("die", "made1");
        await ScriptedMachine.EventuallyAsync("the empty slot", () => Task.FromResult(machine.Traffic.Current is null));

        var switched = await machine.SwitchAsync("r2");

        Assert.That(switched.Changed);
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
        await ScriptedMachine.EventuallyAsync("r1 is kept", () => Task.FromResult(machine.InCare is ["r1 kept", "r2 current"]));
    }

    [Test]
    public async Task Engine_that_goes_away_is_told_and_traffic_stays()
    {
        await using var machine = await StartAsync();

        machine.IsEngineAway = true;
        await machine.Docker.EndEventsAsync();
        await machine.AdvanceUntilAsync("it is told", () => machine.Lifecycle.Snapshot().DockerState != "Ok");
        var refused = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync("r2")))!;
        machine.IsEngineAway = false;
        await machine.AdvanceUntilAsync("it is back", () => machine.Lifecycle.Snapshot().DockerState == "Ok");

        Assert.That(refused.Error, Is.EqualTo(DeploymentError.EngineUnavailable));
        Assert.That(machine.Traffic.History.Select(target => target?.Revision), Is.EqualTo(new[] { "r1" }));
    }

    private async Task<ScriptedMachine> StartAsync()
    {
        var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        return machine;
    }

    /// <summary>Follows the container in short pauses until it serves.</summary>
    private Task UntilBackAsync(ScriptedMachine machine) => _clock.PassPausesAsync(
        TimeSpan.FromMilliseconds(200),
        "it serves again",
        ScriptedMachine.EventuallyAsync(
            "it serves again", () => Task.FromResult(machine.Traffic.History.Contains(null) && machine.Traffic.Current is not null)));

    private static Task UntilEmptiedAsync(ScriptedMachine machine) =>
        ScriptedMachine.EventuallyAsync("the empty slot", () => Task.FromResult(machine.Traffic.History.Contains(null)));

    private static Task UntilHealthIsAsync(ScriptedMachine machine, string health) =>
        ScriptedMachine.EventuallyAsync(health, () => Task.FromResult(machine.Lifecycle.Snapshot().Health == health));
}
