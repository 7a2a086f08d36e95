using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Watching;

/// <summary>
/// Containers that the old tool made, image <c>localhost:N/APP:REV</c> and name <c>REV</c>, without labels: the store's
/// history and current launch config tell what they are.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class OldToolAdopterTests
{
    private readonly ManualTimeProvider _clock = new();

    [Test]
    public async Task Running_container_of_the_current_config_is_served_as_it_is()
    {
        await using var machine = new ScriptedMachine(_clock);
        AddOld(machine, "r1", "running");
        machine.SeedCurrent("r1");

        await machine.StartAsync();

        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("old-r1"));
        Assert.That(machine.Docker.CreateBodies, Is.Empty);
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 current" }));
        Assert.That((machine.Record.Container, machine.Record.Config), Is.EqualTo(("old-r1", machine.Config("r1"))));
    }

    [Test]
    public async Task Earlier_ones_of_the_history_are_stopped_and_kept_once_the_current_one_serves()
    {
        await using var machine = new ScriptedMachine(_clock);
        AddOld(machine, "r1", "exited");
        AddOld(machine, "r2", "running");
        AddOld(machine, "r3", "running");
        SeedHistory(machine, "r1", "r2", "r3");
        machine.SeedCurrent("r3");

        await machine.StartAsync();

        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("old-r3"));
        await machine.UntilContainersAreAsync("old-r1 exited", "old-r2 exited", "old-r3 running");
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 kept", "r2 kept", "r3 current" }));
    }

    [Test]
    public async Task Rollback_starts_a_kept_one()
    {
        await using var machine = new ScriptedMachine(_clock);
        AddOld(machine, "r1", "exited");
        AddOld(machine, "r2", "running");
        SeedHistory(machine, "r1", "r2");
        machine.SeedCurrent("r2");
        await machine.StartAsync();

        var back = await machine.RollbackAsync();

        Assert.That((back.Method, back.Container), Is.EqualTo(("started", "old-r1")));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
    }

    [Test]
    public async Task While_nothing_serves_no_earlier_one_is_stopped()
    {
        await using var machine = new ScriptedMachine(_clock);
        AddOld(machine, "r1", "running");
        SeedHistory(machine, "r1");
        machine.SeedCurrent("r2");
        machine.RefuseStart = () => "no";

        await machine.StartAsync();

        Assert.That(machine.Traffic.Current, Is.Null);
        Assert.That(machine.Containers, Is.EqualTo(new[] { "old-r1 running" }));
    }

    [TestCase("none")]
    [TestCase("no hash")]
    [TestCase("no config")]
    public async Task Container_that_no_history_explains_is_listed_and_left_alone(string entry)
    {
        await using var machine = new ScriptedMachine(_clock);
        AddOld(machine, "r1", "running");
        if (entry != "none")
        {
            SeedEntries(machine, ("r1", entry == "no hash" ? "x" : new string('a', 64)));
        }

        await machine.StartAsync();

        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 foreign" }));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "old-r1 running" }));
    }

    [Test]
    public async Task Recorded_one_whose_config_this_machine_does_not_know_is_served_once_the_store_tells_it()
    {
        await using var machine = new ScriptedMachine(_clock);
        AddOld(machine, "r1", "running");
        SeedHistory(machine, "r1");
        machine.SeedCurrent("r1");

        await machine.StartAsync(new LifecycleRecord { Hash = machine.HashOf("r1"), Container = "old-r1" });

        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("old-r1"));
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 current" }), "the place that was held for it is gone");
        Assert.That(machine.Docker.CreateBodies, Is.Empty);
    }

    private void AddOld(ScriptedMachine machine, string revision, string state) => machine.AddContainer(
        $"old-{revision}", revision, $"localhost:8080/shop:{revision}", state, [], _clock.GetUtcNow());

    private static void SeedHistory(ScriptedMachine machine, params string[] revisions)
    {
        foreach (var revision in revisions)
        {
            machine.Store.Seed($"service/container.{machine.HashOf(revision)}.json", machine.Config(revision));
        }

        SeedEntries(machine, [.. revisions.Select(revision => (revision, machine.HashOf(revision)))]);
    }

    private static void SeedEntries(ScriptedMachine machine, params (string Revision, string Hash)[] entries)
    {
        var history = new JsonArray([.. entries.Select((entry, index) => new JsonObject
        {
            ["Revision"] = entry.Revision,
            ["DeployedAt"] = $"2015-01-0{index + 1}T00:00:00Z",
            ["DeployedBy"] = "x",
            ["Hash"] = entry.Hash,
        })]);
        machine.Store.Seed("service/history.json", Encoding.UTF8.GetBytes(history.ToJsonString()));
    }
}
