using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Retirement;

/// <summary>Which containers stay and which go, by history and number; by age only what was never switched to.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
internal sealed class RetentionTests
{
    private readonly ManualTimeProvider _clock = new();

    [Test]
    public async Task Of_those_launched_and_never_switched_to_the_three_newest_wait()
    {
        await using var machine = new ScriptedMachine(_clock);
        var launched = Enumerable.Range(1, 5).Select(i => Add(machine, $"c{i}", $"r{i}", "running", TimeSpan.FromMinutes(60 - i)));

        await machine.StartAsync(new LifecycleRecord { Launched = [.. launched] });
        await machine.AdvanceUntilAsync("two are gone", () => machine.Containers.Count == 3);

        Assert.That(machine.Containers, Is.EqualTo(new[] { "c3 running", "c4 running", "c5 running" }));
    }

    [Test]
    public async Task Launched_and_never_switched_to_goes_after_a_day()
    {
        await using var machine = new ScriptedMachine(_clock);
        var old = Add(machine, "old", "r1", "running", TimeSpan.FromHours(23.9));
        var fresh = Add(machine, "fresh", "r2", "running", TimeSpan.FromHours(1));

        await machine.StartAsync(new LifecycleRecord { Launched = [old, fresh] });
        await machine.AdvanceUntilAsync("a minute", After(TimeSpan.FromMinutes(1)));
        var before = machine.Containers;
        await machine.AdvanceUntilAsync("the end of the old one", () => machine.Containers.Count == 1);

        Assert.That(before, Is.EqualTo(new[] { "fresh running", "old running" }));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "fresh running" }));
    }

    [Test]
    public async Task Kept_ones_are_never_removed_for_their_age()
    {
        await using var machine = new ScriptedMachine(_clock);
        var kept = Enumerable.Range(1, 3).Select(i => Add(machine, $"k{i}", $"r{i}", "exited", TimeSpan.FromDays(400 + i)));
        var launched = Add(machine, "launched", "r9", "running", TimeSpan.FromDays(2));

        await machine.StartAsync(new LifecycleRecord { Earlier = [.. kept], Launched = [launched] });
        await machine.AdvanceUntilAsync("the end of the launched one", () => machine.Containers.Count == 3);
        await machine.AdvanceUntilAsync("two minutes", After(TimeSpan.FromMinutes(2)));

        Assert.That(machine.Containers, Is.EqualTo(new[] { "k1 exited", "k2 exited", "k3 exited" }));
    }

    [Test]
    public async Task Keep_counts_distinct_hashes_the_latest_used_first()
    {
        await using var machine = new ScriptedMachine(_clock);
        var twice = Add(machine, "k1b", "r1", "exited", TimeSpan.FromDays(2));
        var kept = new[] { 1, 2, 3, 4 }.Select(i => Add(machine, $"k{i}", $"r{i}", "exited", TimeSpan.FromDays(i)));
        var launched = Add(machine, "launched", "r9", "running", TimeSpan.FromDays(2));

        await machine.StartAsync(new LifecycleRecord { Earlier = [twice, .. kept], Launched = [launched] });
        await machine.AdvanceUntilAsync("what is too much is gone", () => machine.Containers.Count == 3);

        Assert.That(machine.Containers, Is.EqualTo(new[] { "k1 exited", "k2 exited", "k3 exited" }));
    }

    [Test]
    public async Task Kept_container_that_runs_is_stopped_and_a_foreign_one_is_left_alone()
    {
        await using var machine = new ScriptedMachine(_clock);
        var kept = Add(machine, "kept", "r1", "running", TimeSpan.FromDays(1));

        await machine.StartAsync(new LifecycleRecord { Earlier = [kept] });
        await machine.AdvanceUntilAsync("the stop", () => machine.Containers is ["kept exited"]);

        Assert.That(machine.Engine.Calls, Has.None.StartsWith("DELETE"));
    }

    private Func<bool> After(TimeSpan time)
    {
        var began = _clock.GetUtcNow();
        return () => _clock.GetUtcNow() - began > time;
    }

    private ContainerRecord Add(ScriptedMachine machine, string id, string revision, string state, TimeSpan age)
    {
        var hash = revision.Replace('r', 'a').PadRight(64, '0');
        var at = _clock.GetUtcNow() - age;
        machine.AddContainer(id, hash, revision, state, at);
        return new ContainerRecord(id, hash, revision, at);
    }
}
