using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.Watching;

/// <summary>What a start serves: the recorded container first, then what the store calls current if it is another than was seen.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class StartupSequenceTests
{
    private readonly ManualTimeProvider _clock = new();

    [Test]
    public async Task Start_with_nothing_anywhere_serves_nothing_and_is_done()
    {
        await using var machine = new ScriptedMachine(_clock);

        await machine.StartAsync();

        Assert.That(machine.Traffic.History, Is.Empty);
        Assert.That(machine.Lifecycle.Snapshot().Warnings, Is.Empty);
        Assert.That(machine.Lifecycle.Snapshot().Starting, Is.False);
    }

    [Test]
    public async Task Start_without_a_record_launches_what_the_store_calls_current()
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.SeedCurrent("r1");

        await machine.StartAsync();

        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
        Assert.That(await machine.EventsAsync(), Is.EqualTo(new[] { "switch r1" }));
        Assert.That(machine.Store.Keys, Has.None.EqualTo("service/history.json"), "its deployer has written that");
        Assert.That((machine.Record.Hash, machine.Record.Seen), Is.EqualTo((machine.HashOf("r1"), machine.HashOf("r1"))));
    }

    [Test]
    public async Task Start_follows_a_current_config_that_changed_meanwhile_after_it_has_served_the_recorded_one()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        machine.SeedCurrent("r2");

        await machine.RestartAsync();

        Assert.That(machine.Traffic.History.Select(target => target!.Revision), Is.EqualTo(new[] { "r1", "r2" }));
        await machine.UntilContainersAreAsync("made1 exited", "made2 running");
    }

    [Test]
    public async Task Start_does_not_go_back_to_what_it_has_seen_before_a_switch()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.LaunchAsync("r2");
        await machine.SwitchAsync("r2");

        await machine.RestartAsync();

        Assert.That(machine.Traffic.History.Select(target => target!.Revision), Is.EqualTo(new[] { "r2" }));
    }

    [Test]
    public async Task Start_keeps_serving_when_the_changed_config_cannot_be_launched()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        machine.SeedCurrent("r2");
        machine.RefuseStart = () => "no";

        await machine.RestartAsync();

        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
        Assert.That(machine.Lifecycle.Snapshot().Warnings, Has.Some.StartsWith("the store's current revision r2 cannot be launched (start_failed)"));
        await ScriptedMachine.EventuallyAsync("its event", async () => (await machine.EventsAsync()).Contains("failure r2", StringComparer.Ordinal));
        await machine.UntilContainersAreAsync("made1 running");
    }

    [Test]
    public async Task While_nothing_serves_the_start_is_tried_again_and_its_failure_told_once()
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.SeedCurrent("r1");
        var tries = 0;
        machine.RefuseStart = () =>
        {
            tries++;
            return "no";
        };

        await machine.StartAsync();
        await machine.AdvanceUntilAsync("the third try", () => tries >= 3);

        // Counted before the good try: moving the clock can end its connect, and that is another failure to tell.
        var told = (await machine.EventsAsync()).Count(happened => happened == "failure r1");
        machine.Docker.RefuseStart = null;
        await machine.AdvanceUntilAsync("the good one", () => machine.Traffic.Current is not null);

        Assert.That(told, Is.EqualTo(1));
        await ScriptedMachine.EventuallyAsync("no warning", () => Task.FromResult(machine.Lifecycle.Snapshot().Warnings.Count == 0));
    }

    [Test]
    public async Task Recorded_container_that_does_not_answer_is_not_served_until_it_does()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        machine.StatusOf = _ => 503;

        await machine.RestartAsync();
        var before = machine.Traffic.Current;
        machine.StatusOf = _ => 200;
        await machine.AdvanceUntilAsync("it serves", () => machine.Traffic.Current is not null);

        Assert.That(before, Is.Null);
        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("made1"));
    }

    [Test]
    public async Task With_the_engine_away_nothing_is_served_until_it_is_back()
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.SeedCurrent("r1");
        machine.IsEngineAway = true;

        await machine.StartAsync();
        var (before, state) = (machine.Traffic.Current, machine.Lifecycle.Snapshot().DockerState);
        machine.IsEngineAway = false;
        await machine.AdvanceUntilAsync("it serves", () => machine.Traffic.Current is not null);

        Assert.That(before, Is.Null);
        Assert.That(state, Does.Contain("does not answer"));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
    }

    [Test]
    public async Task With_the_store_away_the_recorded_container_serves_and_the_store_is_followed_later()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        machine.SeedCurrent("r2");
        machine.Store.BeforeCall = (_, _) => throw new ObjectStoreException(ObjectStoreFault.Unavailable, "away");

        await machine.RestartAsync();
        var before = machine.Traffic.Current!.Revision;
        machine.Store.BeforeCall = null;
        await machine.AdvanceUntilAsync("the store is followed", () => machine.Traffic.Current!.Revision == "r2");

        Assert.That(before, Is.EqualTo("r1"));
        Assert.That(machine.Log.MessagesFrom(LogLevel.Error), Is.Empty);
    }

    [Test]
    public async Task Store_without_conditional_writes_is_told()
    {
        await using var machine = new ScriptedMachine(_clock, ConditionSupport.Refused);

        await machine.StartAsync();

        Assert.That(machine.Lifecycle.Snapshot().Warnings, Has.Some.Contains("no conditional writes"));
    }
}
