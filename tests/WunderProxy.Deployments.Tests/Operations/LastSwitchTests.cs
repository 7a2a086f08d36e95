using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>What is kept of a switch, so that it can be explained later.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class LastSwitchTests
{
    [Test]
    public async Task Deploy_is_kept_with_caller_steps_and_numbers_also_over_a_restart()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System) { Meter = new FixedMeter() };
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");

        var before = machine.Lifecycle.ExplainSwitch()!.Switch;
        await machine.RestartAsync();
        var after = machine.Lifecycle.ExplainSwitch()!.Switch;

        Assert.That((before.Kind, before.Revision, before.FromRevision), Is.EqualTo(("deploy", "r2", "r1")));
        Assert.That(before.By, Is.Not.Empty);
        Assert.That(before.Steps.Select(step => step.Step), Is.SupersetOf(new[] { "creating", "starting", "switching" }));
        Assert.That((before.Before!.Requests, before.After!.Requests), Is.EqualTo((200L, 200L)));
        Assert.That(before.Before.ErrorShare, Is.EqualTo(0.05));
        Assert.That((after.Revision, after.By, after.Before), Is.EqualTo((before.Revision, before.By, before.Before)));
    }

    [Test]
    public async Task Switch_is_kept_with_the_end_of_its_drain()
    {
        var hold = new TaskCompletionSource();
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        machine.Traffic.HoldDrains = hold.Task;
        await machine.DeployAsync("r2");

        var during = machine.Lifecycle.ExplainSwitch()!.Switch.Drain!;
        hold.SetResult();
        await ScriptedMachine.EventuallyAsync(
            "the end of the drain", () => Task.FromResult(machine.Lifecycle.ExplainSwitch()!.Switch.Drain!.State == DrainOutcome.Ended));

        Assert.That((during.State, during.InFlight, during.Seconds), Is.EqualTo((DrainOutcome.Draining, 1, (double?)null)));
        Assert.That(machine.Lifecycle.ExplainSwitch()!.Switch.Drain!.Seconds, Is.Not.Null);
    }

    [Test]
    public async Task Switch_of_the_start_is_told_as_the_starts()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        machine.SeedCurrent("r1");

        await machine.StartAsync();

        var done = machine.Lifecycle.ExplainSwitch()!;
        Assert.That((done.Switch.Kind, done.Switch.Revision, done.Cause.Code), Is.EqualTo(("start", "r1", "first")));
    }

    private sealed class FixedMeter : ITrafficMeter
    {
        public TrafficReport Measure(TrafficTarget target) => new(200, 10, 2, [new TimeCount(0.01, 190), new TimeCount(0.5, 10)]);
    }
}
