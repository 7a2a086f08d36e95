using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Switching;

/// <summary>What a guard that switches back leaves behind: history, current.json, the local record, and the next start.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SwitchGuardTests
{
    private static readonly TimeSpan Watch = TimeSpan.FromMinutes(1);

    [TestCase("t")]
    [TestCase("guard")]
    [TestCase("start")]
    public async Task Deploy_that_is_worse_is_undone_with_its_events_whoever_made_it(string by)
    {
        await using var machine = await StartAsync(new ManualTimeProvider());

        var deployed = await machine.Lifecycle.DeployAsync(
            new DeployRequest { Config = machine.Config("r2"), By = by, Guard = Watch }, null, CancellationToken.None);
        var verdict = await machine.JudgeAsync(deployed.Guard!);

        Assert.That((verdict.State, verdict.Revision, verdict.FromRevision), Is.EqualTo((GuardState.SwitchedBack, "r2", "r1")));
        Assert.That(verdict.Reason, Does.Contain("5xx"));
        Assert.That(machine.Lifecycle.Counts.GuardRollbacks, Is.EqualTo(new[] { new EventCount("errors", "", 1) }));
        await AssertUndoneAsync(machine);
        Assert.That(await machine.EventsAsync(), Is.SupersetOf(new[] { "deploy r1", "deploy r2", "guard_rollback r1" }));
    }

    [Test]
    public async Task Container_that_is_switched_back_from_is_kept_and_the_one_before_was_never_stopped()
    {
        await using var machine = await StartAsync(new ManualTimeProvider());

        var deployed = await machine.DeployAsync("r2", Watch);
        var during = machine.InCare;
        await machine.JudgeAsync(deployed.Guard!);
        await machine.UntilContainersAreAsync("made1 running", "made2 exited");

        Assert.That(during, Is.EqualTo(new[] { "r1 draining", "r2 current" }), "held until the verdict");
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 current", "r2 kept" }));
        Assert.That(machine.Engine.Calls, Has.None.Contains("made1/stop"));
    }

    [Test]
    public async Task Deploy_that_is_much_slower_is_undone()
    {
        await using var machine = await StartAsync(new ManualTimeProvider());
        var meter = (Meter)machine.Meter!;
        (meter.Worse, meter.Slower) = ("none", "r2");

        var deployed = await machine.DeployAsync("r2", Watch);
        var verdict = await machine.JudgeAsync(deployed.Guard!);

        Assert.That(verdict.State, Is.EqualTo(GuardState.SwitchedBack));
        Assert.That(verdict.Reason, Does.EndWith("took up to 900 ms, before 10 ms"));
        Assert.That(machine.Lifecycle.Counts.GuardRollbacks, Is.EqualTo(new[] { new EventCount("slow", "", 1) }));
        Assert.That(machine.Lifecycle.Counts.Switches, Has.One.EqualTo(new EventCount("guard", "switched", 1)));
        await AssertUndoneAsync(machine);
    }

    [TestCase("exited")]
    [TestCase("restarted")]
    public async Task Container_that_dies_in_the_watch_is_switched_back_from_without_any_statistics(string how)
    {
        await using var machine = await StartAsync(new ManualTimeProvider(), withMeter: false);
        var deployed = await machine.DeployAsync("r2", Watch);

        machine.SetState("r2", "exited");
        await machine.Docker.TellAsync("die", deployed.Container);
        await ScriptedMachine.EventuallyAsync(how, () => Task.FromResult(
            machine.Traffic.History.Contains(null) && (how == "exited" || machine.Containers.Contains("made2 running", StringComparer.Ordinal))));

        var verdict = await machine.JudgeAsync(deployed.Guard!);

        Assert.That((verdict.State, verdict.Reason), Is.EqualTo((GuardState.SwitchedBack, "its container died or restarted")));
        Assert.That(machine.Lifecycle.Counts.GuardRollbacks, Is.EqualTo(new[] { new EventCount("died", "", 1) }));
        await AssertUndoneAsync(machine);
    }

    [Test]
    public async Task Rollback_that_is_worse_is_undone_too()
    {
        await using var machine = await StartAsync(new ManualTimeProvider());
        var meter = (Meter)machine.Meter!;
        meter.Worse = "none";
        await machine.DeployAsync("r2");
        meter.Worse = "r1";

        var back = await machine.Lifecycle.RollbackAsync(
            new RollbackRequest { By = "t", Guard = Watch }, null, CancellationToken.None);
        var verdict = await machine.JudgeAsync(back.Guard!);

        Assert.That((verdict.State, verdict.Revision, verdict.FromRevision), Is.EqualTo((GuardState.SwitchedBack, "r1", "r2")));
        await ScriptedMachine.EventuallyAsync("r2 again", async () => await machine.CurrentAsync() == "r2");
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
        Assert.That((await machine.HistoryAsync())[^1], Is.EqualTo("r2"));
    }

    [Test]
    public async Task Verdict_that_the_state_directory_hinders_is_tried_again_while_the_watch_lasts()
    {
        await using var machine = await StartAsync(new ManualTimeProvider());
        var failures = 0;
        machine.OnStep = step =>
        {
            if (step == "guard/record-before" && failures < 2)
            {
                failures++;
                throw new StateUnwritableException("no space left on device", new IOException());
            }
        };

        var deployed = await machine.DeployAsync("r2", Watch);
        var verdict = await machine.JudgeAsync(deployed.Guard!);

        Assert.That((verdict.State, failures), Is.EqualTo((GuardState.SwitchedBack, 2)));
        await AssertUndoneAsync(machine);
    }

    [Test]
    public async Task Watch_that_breaks_is_told_and_the_new_container_goes_on_serving()
    {
        await using var machine = await StartAsync(new ManualTimeProvider());
        var deployed = await machine.DeployAsync("r2", Watch);
        ((Meter)machine.Meter!).Fault = new InvalidOperationException("no numbers");

        var verdict = await machine.JudgeAsync(deployed.Guard!);

        Assert.That((verdict.State, verdict.Reason), Is.EqualTo((GuardState.Failed, "InvalidOperationException: no numbers")));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
        await machine.UntilContainersAreAsync("made1 exited", "made2 running");
    }

    [TestCase("before")]
    [TestCase("after")]
    [TestCase("never")]
    public async Task Switch_of_another_deployer_is_undone_and_no_start_repeats_it(string written)
    {
        await using var machine = await StartAsync();
        var switched = await SwitchAsync(machine, () => written == "before" ? AppendAsync(machine, "r2") : Task.CompletedTask);
        await WaitForVerdictAsync(machine, switched.Guard!);
        if (written == "after")
        {
            await AppendAsync(machine, "r2");
        }

        await AssertUndoneAsync(machine);
        await machine.RestartAsync();

        Assert.That(machine.Traffic.History.Select(target => target!.Revision), Is.EqualTo(new[] { "r1" }));
        Assert.That(machine.Lifecycle.Snapshot().Guard!.State, Is.EqualTo(GuardState.SwitchedBack), "told after a restart too");
    }

    [Test]
    public async Task Start_does_not_launch_a_rejected_config_that_the_store_still_names_until_it_is_deployed_again()
    {
        await using var machine = await StartAsync();
        var switched = await SwitchAsync(machine, () => Task.CompletedTask);

        // The store may only be read here, and the deployer writes after the undo.
        machine.Store.BeforeCall = (call, _) =>
        {
            if (call is "put" or "copy" or "delete")
            {
                throw new ObjectStoreException(ObjectStoreFault.Denied, "access denied");
            }
        };
        await WaitForVerdictAsync(machine, switched.Guard!);
        await ScriptedMachine.EventuallyAsync("no intent", () => Task.FromResult(machine.Record.Intents.Count == 0));
        machine.Store.BeforeCall = null;
        machine.SeedCurrent("r2");
        await machine.RestartAsync();
        await ScriptedMachine.EventuallyAsync(
            "the warning", () => Task.FromResult(machine.Lifecycle.Snapshot().Warnings.Any(text => text.Contains("r2", StringComparison.Ordinal))));

        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
        await machine.DeployAsync("r2", TimeSpan.Zero);
        Assert.That(machine.Record.Rejected, Is.Empty, "deployed again");
        await machine.RestartAsync();
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
    }

    [Test]
    public async Task Rollback_by_another_deployer_that_is_worse_leaves_what_serves_as_the_last_entry()
    {
        await using var machine = await StartAsync();
        await machine.DeployAsync("r2");
        ((Meter)machine.Meter!).Worse = "none";

        // The deployer goes back to r1 by /launch and /switch, and cuts the history.
        await machine.Lifecycle.LaunchAsync(machine.HashOf("r1"), "t", null, CancellationToken.None);
        var switched = await machine.Lifecycle.SwitchAsync(
            machine.HashOf("r1"), new SwitchOptions { By = "t", Guard = Watch }, CancellationToken.None);
        await ApplyAsync(machine, history => DeploymentIntent.Rollback(history.Entries[0], "deployer", machine.Clock.GetUtcNow()));
        Assert.That(await machine.CurrentAsync(), Is.EqualTo("r1"));
        ((Meter)machine.Meter!).Worse = "r1";
        await WaitForVerdictAsync(machine, switched.Guard!);
        await ScriptedMachine.EventuallyAsync("r2 again", async () => await machine.CurrentAsync() == "r2");

        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
        Assert.That((await machine.HistoryAsync())[^1], Is.EqualTo("r2"));
    }

    [Test]
    public async Task Guard_does_not_switch_back_to_a_container_that_has_died()
    {
        await using var machine = await StartAsync(new ManualTimeProvider());
        machine.SetState("r1", "exited");

        var deployed = await machine.DeployAsync("r2", TimeSpan.FromSeconds(1));
        var verdict = await machine.JudgeAsync(deployed.Guard!);

        Assert.That(verdict.State, Is.EqualTo(GuardState.Kept));
        Assert.That(verdict.Reason, Does.Contain("5xx").And.Contain("not_running"));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "r1", "r2" }));
        Assert.That(await machine.EventsAsync(), Has.Some.EqualTo("failure r2"));
        Assert.That(machine.Lifecycle.Snapshot().Warnings, Has.Some.Contains("does not take traffic any more"));
    }

    [Test]
    public async Task Good_switch_passes_and_another_switch_supersedes_the_watch()
    {
        await using var machine = await StartAsync(new ManualTimeProvider());
        ((Meter)machine.Meter!).Worse = "none";

        var passed = await machine.DeployAsync("r2", TimeSpan.FromSeconds(1));
        Assert.That((await machine.JudgeAsync(passed.Guard!)).State, Is.EqualTo(GuardState.Passed));
        var superseded = await machine.DeployAsync("r3", Watch);
        var unwatched = await machine.DeployAsync("r4", TimeSpan.Zero);

        Assert.That((await machine.JudgeAsync(superseded.Guard!)).State, Is.EqualTo(GuardState.Superseded));
        Assert.That(unwatched.Guard, Is.Null);
        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "r1", "r2", "r3", "r4" }));
    }

    [TestCase(-400)]
    [TestCase(400)]
    public async Task Clock_that_is_set_neither_ends_nor_lengthens_the_watch(int days)
    {
        var clock = new ManualTimeProvider();
        await using var machine = await StartAsync(clock);
        ((Meter)machine.Meter!).Worse = "none";
        var deployed = await machine.DeployAsync("r2", Watch);
        var began = clock.GetTimestamp();

        clock.SetUtcNow(clock.GetUtcNow().AddDays(days));
        var left = machine.Lifecycle.Snapshot().Guard!.SecondsLeft;
        var verdict = await machine.JudgeAsync(deployed.Guard!);

        Assert.That(left, Is.GreaterThan(0).And.LessThanOrEqualTo(Watch.TotalSeconds));
        Assert.That((verdict.State, verdict.SecondsLeft), Is.EqualTo((GuardState.Passed, 0.0)));
        Assert.That(clock.GetElapsedTime(began), Is.EqualTo(Watch).Within(TimeSpan.FromSeconds(1)));
    }

    /// <summary>r1 in service and in the history; r2 answers half of its requests with an error.</summary>
    private static async Task<ScriptedMachine> StartAsync(TimeProvider? clock = null, bool withMeter = true)
    {
        var machine = new ScriptedMachine(clock ?? Clock()) { Meter = withMeter ? new Meter { Worse = "r2" } : null };
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        return machine;
    }

    private static PacedTimeProvider Clock() => PacedTimeProvider.ForLifecycle();

    private static async Task<SwitchResult> SwitchAsync(ScriptedMachine machine, Func<Task> writeAsync)
    {
        var meter = (Meter)machine.Meter!;
        meter.Worse = "none";
        var hash = await machine.StoreAsync("r2");
        await machine.Lifecycle.LaunchAsync(hash, "t", null, CancellationToken.None);
        var switched = await machine.Lifecycle.SwitchAsync(hash, new SwitchOptions { By = "t", Guard = Watch }, CancellationToken.None);
        await writeAsync();
        meter.Worse = "r2";
        return switched;
    }

    /// <summary>What a deployer writes that only calls <c>/launch</c> and <c>/switch</c>.</summary>
    private static Task AppendAsync(ScriptedMachine machine, string revision) => ApplyAsync(
        machine,
        _ => DeploymentIntent.Deploy(LaunchConfig.Parse(machine.Config(revision)), "deployer", machine.Clock.GetUtcNow()));

    private static async Task ApplyAsync(ScriptedMachine machine, Func<DeploymentHistory, DeploymentIntent> choose)
    {
        var repository = new HistoryRepository(machine.Store, ScriptedMachine.Prefix, machine.Clock);
        await using var claim = await repository.ClaimAsync("deployer", CancellationToken.None);
        await claim.ApplyAsync(choose(await repository.LoadAsync(CancellationToken.None)), CancellationToken.None);
    }

    private static async Task<GuardView> WaitForVerdictAsync(ScriptedMachine machine, string id)
    {
        GuardView? view = null;
        await ScriptedMachine.EventuallyAsync("the verdict", () =>
        {
            view = machine.Lifecycle.Snapshot().Guard;
            return Task.FromResult(view?.Id != id || view.State != GuardState.Watching);
        });
        return view!;
    }

    private static async Task AssertUndoneAsync(ScriptedMachine machine)
    {
        await ScriptedMachine.EventuallyAsync(
            "the history without r2",
            async () => machine.Record.Intents.Count == 0 && (await machine.HistoryAsync()).SequenceEqual(["r1"], StringComparer.Ordinal));
        await ScriptedMachine.EventuallyAsync("current.json", async () => await machine.CurrentAsync() == "r1");
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
        Assert.That(machine.Record.Rejected.Select(rejected => rejected.Revision), Is.EqualTo(new[] { "r2" }));
    }

    /// <summary>One revision answers half of its requests with an error, or one is slow.</summary>
    private sealed class Meter : ITrafficMeter
    {
        private long _looks;

        public string Worse { get; set; } = "";

        public string Slower { get; set; } = "";

        public Exception? Fault { get; set; }

        public TrafficReport? Measure(TrafficTarget target)
        {
            if (Fault is { } fault)
            {
                throw fault;
            }

            var requests = 100 * Interlocked.Increment(ref _looks);
            var seconds = target.Revision == Slower ? 0.9 : 0.01;
            return new TrafficReport(requests, target.Revision == Worse ? requests / 2 : 0, 0, [new TimeCount(seconds, requests)]);
        }
    }
}
