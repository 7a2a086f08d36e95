using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Records;

/// <summary>A local record that somebody edited is put aside with the reason, and the start goes on by labels and store.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class RecordKeeperTests
{
    private readonly ManualTimeProvider _clock = new();

    [TestCase("""{"Rejected":null}""", "a list is missing")]
    [TestCase("""{"Rejected":[],"Launched":[{"Hash":"a","Revision":"r"}]}""", "an entry has no container")]
    [TestCase("""{"Rejected":[],"Launched":[{"Container":"c","Revision":"r"}]}""", "an entry has no container")]
    [TestCase("""{"Rejected":[],"Earlier":[{"Container":"c","Hash":"a"}]}""", "an entry has no container")]
    [TestCase("""{"Rejected":[],"Earlier":[null]}""", "an entry has no container")]
    [TestCase("""{"Rejected":[],"Intents":[null]}""", "an intent is incomplete")]
    [TestCase("""{"Rejected":[null]}""", "a rejected config has no hash")]
    [TestCase("""{"Rejected":[{"Revision":"r"}]}""", "a rejected config has no hash")]
    [TestCase("null", "it is empty")]
    [TestCase("[]", "not a valid document")]
    public async Task Edited_record_is_put_aside_and_what_runs_is_found_by_its_labels(string record, string reason)
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.AddContainer("c1", machine.HashOf("r1"), "r1", "running", _clock.GetUtcNow());
        machine.SeedCurrent("r1");
        await File.WriteAllTextAsync(Path.Combine(machine.StateFolder, "record.json"), record);

        await machine.StartAsync();

        Assert.That(machine.Lifecycle.Snapshot().Warnings, Has.One.Contains("record.json was put aside").And.One.Contains(reason));
        Assert.That(machine.Lifecycle.Snapshot().PublicWarnings, Has.One.Contains("state directory").And.None.Contains("record.json"));
        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("c1"));
        Assert.That(machine.Record.Container, Is.EqualTo("c1"));
    }

    [Test]
    public async Task Change_that_cannot_be_written_leaves_the_record_and_the_traffic()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        machine.OnStep = step =>
        {
            if (step == "deploy/record-before")
            {
                throw new StateUnwritableException("no space left on device");
            }
        };

        Assert.That(
            async () => await machine.DeployAsync("r2"),
            Throws.Exception.With.Property("Code").EqualTo("state_unwritable").And.Message.Contains("no space left"));

        Assert.That(machine.Record.Hash, Is.EqualTo(machine.HashOf("r1")));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
    }
}
