using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Tests.Operations;

namespace WunderProxy.Deployments.Tests.Statistics;

/// <summary>What a whole control plane counts of its work.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class LifecycleCountsTests
{
    [Test]
    public async Task Deploys_are_counted_with_launches_probes_drains_and_every_call_to_engine_and_store()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");
        await ScriptedMachine.EventuallyAsync(
            "the end of the drain", () => Task.FromResult(machine.Lifecycle.Counts.Drains.Sum(drain => drain.Count) == 1));

        var counts = machine.Lifecycle.Counts;

        Assert.Multiple(() =>
        {
            Assert.That(counts.Switches.Select(Words), Is.EqualTo(new[] { "deploy switched 2" }));
            Assert.That(counts.Launches.Select(Words), Is.SupersetOf(new[] { "checking ok 2", "creating ok 2", "starting ok 2", "total ok 2" }));
            Assert.That(counts.Drains.Select(Words), Is.EqualTo(new[] { "ended  1" }));
            Assert.That(counts.CutOff.Sum(cut => cut.Count), Is.Zero);
            Assert.That(counts.Probes.Where(probe => probe.Result == "ok").Select(probe => probe.Kind), Is.SupersetOf(new[] { "r1", "r2" }));
            Assert.That(counts.EngineCalls.Select(Words), Has.One.EqualTo("container_create ok 2"));
            Assert.That(counts.EngineCalls.Select(call => call.Kind), Is.SupersetOf(new[] { "version", "container_inspect", "container_start" }));
            Assert.That(counts.EngineCalls.Select(call => call.Kind), Has.None.EqualTo("other"));
            Assert.That(counts.StoreCalls.Select(call => $"{call.Kind} {call.Result}"), Is.SupersetOf(new[] { "get ok", "put ok" }));
            Assert.That(counts.GuardRollbacks, Is.Empty);
        });
    }

    [Test]
    public async Task Launch_that_fails_is_counted_with_its_phases_and_as_a_failed_deploy()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        machine.RefuseStart = () => "no";

        await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync("r1"));

        var counts = machine.Lifecycle.Counts;
        Assert.That(counts.Switches.Select(Words), Is.EqualTo(new[] { "deploy failed 1" }));
        Assert.That(counts.Launches.Select(Words), Is.SupersetOf(new[] { "starting failed 1", "total failed 1" }));
        Assert.That(counts.EngineCalls.Select(call => $"{call.Kind} {call.Result}"), Has.One.EqualTo("container_start failed"));
    }

    [Test]
    public async Task Switch_to_what_serves_is_unchanged_and_a_running_container_is_no_launch()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        await machine.LaunchAsync("r1");
        await machine.SwitchAsync("r1");
        await machine.SwitchAsync("r1");
        await machine.LaunchAsync("r1");

        var counts = machine.Lifecycle.Counts;
        Assert.That(counts.Switches.Select(Words), Is.EqualTo(new[] { "switch switched 1", "switch unchanged 1" }));
        Assert.That(counts.Launches.Single(launch => launch.Kind == "total").Count, Is.EqualTo(1));
    }

    [Test]
    public async Task Events_wait_while_the_store_is_away_and_are_gone_when_it_is_back()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await ScriptedMachine.EventuallyAsync("the events", () => Task.FromResult(machine.Lifecycle.Counts.PendingWrites == 0));

        machine.Store.BeforeCall = (_, _) => throw new ObjectStoreException(ObjectStoreFault.Unavailable, "away");
        await machine.Lifecycle.RecordEventAsync("pause", "t", "", CancellationToken.None);

        var counts = machine.Lifecycle.Counts;
        Assert.That(counts.PendingWrites, Is.EqualTo(1));
        Assert.That(counts.StoreCalls.Select(call => $"{call.Kind} {call.Result}"), Has.One.EqualTo("put unavailable"));
        machine.Store.BeforeCall = null;
    }

    [Test]
    public async Task Releases_have_their_image_and_their_state()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");
        await ScriptedMachine.EventuallyAsync("r1 kept", () => Task.FromResult(machine.InCare.Contains("r1 kept", StringComparer.Ordinal)));

        var releases = machine.Lifecycle.Snapshot().Releases;

        Assert.That(releases.Select(release => $"{release.Revision} {release.State}"), Is.EquivalentTo(new[] { "r1 kept", "r2 current" }));
        Assert.That(releases.Select(release => release.ImageId), Has.All.Not.Empty);
    }

    private static string Words(DurationCounts counts) => $"{counts.Kind} {counts.Result} {counts.Count}";

    private static string Words(EventCount counted) => $"{counted.Kind} {counted.Result} {counted.Count}";
}
