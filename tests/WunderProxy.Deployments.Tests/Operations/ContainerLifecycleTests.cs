using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>
/// What the calls do when all goes well: what callers are told, what the engine is asked, where traffic goes, and what
/// record, history, store and events say afterwards.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class ContainerLifecycleTests
{
    private readonly ManualTimeProvider _clock = new();

    [Test]
    public async Task Deploy_creates_starts_checks_switches_and_records_in_this_order()
    {
        await using var machine = new ScriptedMachine(_clock);
        var steps = new List<string>();
        machine.OnStep = step => Note(steps, step);
        await machine.StartAsync();
        var told = new Listener();

        var deployed = await machine.DeployAsync(machine.Config("r1"), null, told);

        Assert.That(
            told.Steps, Is.EqualTo(new[] { "fetching", "creating", "starting", "checking", "ready", "switching", "recording" }));
        Assert.That(
            steps.Where(step => step is "deploy/config-stored" or "deploy/created" or "deploy/started" or "deploy/slot-exchanged"
                or "deploy/history-after"),
            Is.EqualTo(new[]
            {
                "deploy/config-stored", "deploy/created", "deploy/started", "deploy/slot-exchanged", "deploy/history-after",
            }));
        Assert.That(
            (deployed.Hash, deployed.Revision, deployed.Container, deployed.Address, deployed.Method, deployed.HistoryPending),
            Is.EqualTo((machine.HashOf("r1"), "r1", "made1", $"127.0.0.1:{machine.Port}", "created", false)));
    }

    [Test]
    public async Task Deploy_leaves_record_history_store_and_event_that_agree()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();

        await machine.DeployAsync("r1");

        var hash = machine.HashOf("r1");
        Assert.That((machine.Record.Hash, machine.Record.Container, machine.Record.Seen), Is.EqualTo((hash, "made1", hash)));
        Assert.That(machine.Record.Config, Is.EqualTo(machine.Config("r1")));
        Assert.That(machine.Record.Intents, Is.Empty);
        Assert.That(machine.Store.Keys, Does.Contain($"service/container.{hash}.json"));
        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "r1" }));
        Assert.That(await machine.CurrentAsync(), Is.EqualTo("r1"));
        Assert.That(await machine.EventsAsync(), Is.EqualTo(new[] { "deploy r1" }));
        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("made1"));
    }

    [Test]
    public async Task Container_is_created_with_the_labels_by_which_it_is_found_again()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();

        await machine.DeployAsync("r1");

        var labels = machine.Docker.CreateBodies.Single()["Labels"]!.AsObject();
        Assert.That(labels["wunderproxy.app"]!.GetValue<string>(), Is.EqualTo("shop"));
        Assert.That(labels["wunderproxy.prefix"]!.GetValue<string>(), Is.EqualTo("memory/service"));
        Assert.That(labels["wunderproxy.hash"]!.GetValue<string>(), Is.EqualTo(machine.HashOf("r1")));
        Assert.That(labels["wunderproxy.port"]!.GetValue<string>(), Is.EqualTo($"{machine.Port}"));
    }

    [Test]
    public async Task Second_deploy_drains_the_first_then_stops_and_keeps_it()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        var drain = new TaskCompletionSource();
        machine.Traffic.HoldDrains = drain.Task;

        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");

        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 draining", "r2 current" }));
        var draining = machine.Lifecycle.Snapshot().Draining.Single();
        Assert.That((draining.Revision, draining.InFlight), Is.EqualTo(("r1", 1)));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "made1 running", "made2 running" }));
        drain.SetResult();
        await machine.UntilContainersAreAsync("made1 exited", "made2 running");
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 kept", "r2 current" }));
        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "r1", "r2" }));
    }

    [Test]
    public async Task Container_that_left_service_stands_by_for_as_long_as_is_set()
    {
        var standby = TimeSpan.FromSeconds(11);
        await using var machine = new ScriptedMachine(_clock) { Adjust = options => options with { Standby = standby } };
        await machine.StartAsync();

        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");
        await _clock.WaitForTimerAsync(standby);
        _clock.Advance(standby - TimeSpan.FromTicks(1));
        var before = machine.Containers;
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.That(before, Is.EqualTo(new[] { "made1 running", "made2 running" }));
        await machine.UntilContainersAreAsync("made1 exited", "made2 running");
    }

    [Test]
    public async Task Deploy_of_what_serves_takes_the_container_that_runs()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();

        var first = await machine.DeployAsync("r1");
        var again = await machine.DeployAsync("r1");

        Assert.That((again.Method, again.Container), Is.EqualTo(("running", first.Container)));
        Assert.That(machine.Traffic.History, Has.Count.EqualTo(1));
        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "r1" }));
    }

    [Test]
    public async Task Config_that_differs_only_in_its_environment_is_another_container()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();

        var first = await machine.DeployAsync("r1");
        var second = await machine.DeployAsync(
            machine.Config("r1", config => config["ContainerConfig"]!["Env"] = new System.Text.Json.Nodes.JsonArray("A=b")));

        Assert.That(second.Container, Is.Not.EqualTo(first.Container));
        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo(second.Container));
    }

    [Test]
    public async Task Launched_container_waits_until_it_is_switched_to()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");

        var launched = await machine.LaunchAsync("r2");
        var before = (machine.Traffic.Current!.Revision, machine.InCare);
        var switched = await machine.SwitchAsync("r2");

        Assert.That((launched.Container, launched.Method, launched.Port), Is.EqualTo(("made2", "created", machine.Port)));
        Assert.That(before.Revision, Is.EqualTo("r1"));
        Assert.That(before.InCare, Is.EqualTo(new[] { "r1 current", "r2 launched" }));
        Assert.That((switched.Container, switched.Changed, switched.Port), Is.EqualTo(("made2", true, machine.Port)));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
        Assert.That(await machine.EventsAsync(), Is.EqualTo(new[] { "deploy r1", "launch r2", "switch r2" }));
        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "r1" }), "who calls launch and switch writes it");
    }

    [Test]
    public async Task Switch_to_what_serves_changes_nothing()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");

        var switched = await machine.SwitchAsync("r1");

        Assert.That((switched.Changed, switched.Container), Is.EqualTo((false, "made1")));
        Assert.That(machine.Traffic.History, Has.Count.EqualTo(1));
        Assert.That(await machine.EventsAsync(), Is.EqualTo(new[] { "deploy r1" }));
    }

    [Test]
    public async Task Switch_to_a_container_that_answers_badly_is_refused_with_the_probe()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.LaunchAsync("r2");
        machine.StatusOf = _ => 503;

        var refused = (await Assert.ThrowsAsync<DeploymentException>(() => machine.SwitchAsync("r2")))!;

        Assert.That((refused.Error, refused.Details!.Probes!.Single().Result), Is.EqualTo((DeploymentError.Unhealthy, "status_503")));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 current", "r2 launched" }));
    }

    [Test]
    public async Task Switch_to_a_container_that_has_stopped_is_refused()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.LaunchAsync("r2");
        machine.SetState("r2", "exited");

        var refused = (await Assert.ThrowsAsync<DeploymentException>(() => machine.SwitchAsync("r2")))!;

        Assert.That(refused.Error, Is.EqualTo(DeploymentError.NotRunning));
        Assert.That(refused.Message, Does.Contain("r2").And.Contain("launch it first"));
    }

    [Test]
    public async Task Switching_back_and_forth_never_stops_the_wrong_container()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        machine.Traffic.HoldDrains = new TaskCompletionSource().Task;

        await machine.LaunchAsync("a");
        await machine.LaunchAsync("b");
        await machine.SwitchAsync("a");
        await machine.SwitchAsync("b");
        machine.Traffic.HoldDrains = null;
        await machine.SwitchAsync("a");

        await machine.UntilContainersAreAsync("made1 running", "made2 exited");
        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("made1"));
        Assert.That(machine.InCare, Is.EqualTo(new[] { "a current", "b kept" }));
    }

    [Test]
    public async Task Launch_of_what_drains_ends_its_drain_and_keeps_it_up()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        var drain = new TaskCompletionSource();
        machine.Traffic.HoldDrains = drain.Task;
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");

        var launched = await machine.LaunchAsync("r1");
        drain.SetResult();

        Assert.That((launched.Method, launched.Container), Is.EqualTo(("running", "made1")));
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 launched", "r2 current" }));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "made1 running", "made2 running" }));
    }

    [Test]
    public async Task Retire_removes_what_was_launched_and_leaves_what_serves()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.LaunchAsync("r2");

        var retired = await machine.Lifecycle.RetireAsync(machine.HashOf("r2"), "t", CancellationToken.None);
        var left = await machine.Lifecycle.RetireAsync(machine.HashOf("r1"), "t", CancellationToken.None);

        Assert.That((retired, left), Is.EqualTo((1, 0)));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "made1 running" }));
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 current" }));
        Assert.That(machine.Record.Launched, Is.Empty);
        Assert.That(machine.Engine.Calls.Last(call => call.Contains("made2", StringComparison.Ordinal)), Does.StartWith("DELETE"));
    }

    [Test]
    public async Task Retire_keeps_what_once_served()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        machine.Traffic.HoldDrains = new TaskCompletionSource().Task;
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");
        await machine.LaunchAsync("r1");

        var retired = await machine.Lifecycle.RetireAsync(machine.HashOf("r1"), "t", CancellationToken.None);

        Assert.That(retired, Is.EqualTo(1));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "made1 exited", "made2 running" }));
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 kept", "r2 current" }));
    }

    [Test]
    public async Task Container_beyond_those_kept_is_removed_with_its_image()
    {
        await using var machine = new ScriptedMachine(_clock) { Adjust = options => options with { Keep = 1 } };
        await machine.StartAsync();
        foreach (var revision in new[] { "r1", "r2", "r3" })
        {
            await machine.DeployAsync(machine.Config(revision, config => config["ContainerConfig"]!.AsObject().Remove("Image")));
        }

        await machine.UntilContainersAreAsync("made2 exited", "made3 running");
        await ScriptedMachine.EventuallyAsync("the removal of the image", () => Task.FromResult(
            machine.Engine.Calls.Any(call => call.StartsWith("DELETE", StringComparison.Ordinal)
                && Uri.UnescapeDataString(call).EndsWith("localhost:8080/shop:r1", StringComparison.Ordinal))));
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r2 kept", "r3 current" }));
        Assert.That(machine.Record.Earlier.Select(entry => entry.Revision), Is.EqualTo(new[] { "r2" }));
    }

    [Test]
    public async Task Second_operation_is_refused_and_the_same_one_joins()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        var goOn = new TaskCompletionSource();
        machine.Engine.Delay = request => request.RequestUri!.AbsolutePath.EndsWith("/create", StringComparison.Ordinal)
            ? goOn.Task
            : Task.CompletedTask;

        var first = machine.DeployAsync("r1");
        var joined = machine.DeployAsync("r1");
        var refused = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync("r2")))!;
        var seen = machine.Lifecycle.Snapshot().Operation;
        goOn.SetResult();

        Assert.That((await joined).Container, Is.EqualTo((await first).Container));
        Assert.That((refused.Code, refused.Details!.Operation!.Kind), Is.EqualTo(("busy", "deploy")));
        Assert.That(seen!.Kind, Is.EqualTo("deploy"));
        Assert.That(machine.Lifecycle.Snapshot().Operation, Is.Null);
        Assert.That(machine.Docker.CreateBodies, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Caller_that_leaves_does_not_end_the_deploy()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        var goOn = new TaskCompletionSource();
        machine.Engine.Delay = request => request.RequestUri!.AbsolutePath.EndsWith("/create", StringComparison.Ordinal)
            ? goOn.Task
            : Task.CompletedTask;
        using var caller = new CancellationTokenSource();

        var left = machine.Lifecycle.DeployAsync(
            new DeployRequest { Config = machine.Config("r1"), By = "t" }, null, caller.Token);
        await caller.CancelAsync();
        Assert.That(() => left, Throws.InstanceOf<OperationCanceledException>());
        goOn.SetResult();

        await ScriptedMachine.EventuallyAsync("the history", async () => await machine.CurrentAsync() == "r1");
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
    }

    [Test]
    public async Task Restart_takes_up_what_serves_and_what_waits_without_the_store()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.LaunchAsync("r2");
        machine.Store.BeforeCall = (_, _) => throw new ObjectStoreException(ObjectStoreFault.Unavailable, "away");

        await machine.RestartAsync();

        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("made1"));
        Assert.That(machine.Lifecycle.Snapshot().StoreState, Is.EqualTo("away"));
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 current", "r2 launched" }));
        Assert.That(machine.Engine.Calls.Count(call => call.EndsWith("/start", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That((await machine.SwitchAsync("r2")).Container, Is.EqualTo("made2"));
    }

    [Test]
    public async Task History_tells_which_entry_serves()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");
        await machine.RollbackAsync();
        await machine.DeployAsync("r3");

        var history = await machine.Lifecycle.GetHistoryAsync(CancellationToken.None);

        Assert.That(history.Select(entry => (entry.Revision, entry.Current)), Is.EqualTo(new[] { ("r1", false), ("r3", true) }));
        Assert.That(history.Select(entry => entry.DeployedBy), Is.All.EqualTo("t"));
    }

    private static void Note(List<string> steps, string step)
    {
        lock (steps)
        {
            steps.Add(step);
        }
    }
}
