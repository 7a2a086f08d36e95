using System.Text.Json.Nodes;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Watching;

/// <summary>
/// What becomes of containers that are there at a start, or change while the service runs. Whose they are is tested in
/// <see cref="ForeignContainerTests"/>.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class ContainerAdopterTests
{
    private readonly ManualTimeProvider _clock = new();

    [Test]
    public async Task Start_takes_up_each_container_as_the_record_names_it()
    {
        await using var machine = new ScriptedMachine(_clock);
        var current = Add(machine, "c1", "r1", "running");
        var launched = Add(machine, "c2", "r2", "running");
        var kept = Add(machine, "c3", "r3", "exited");

        await machine.StartAsync(new LifecycleRecord
        {
            Hash = current.Hash,
            Container = "c1",
            Config = machine.Config("r1"),
            Launched = [launched],
            Earlier = [kept],
        });

        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 current", "r2 launched", "r3 kept" }));
        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("c1"));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "c1 running", "c2 running", "c3 exited" }));
    }

    [Test]
    public async Task Launched_container_can_be_switched_to_at_once_after_a_start()
    {
        await using var machine = new ScriptedMachine(_clock);
        var launched = Add(machine, "c2", "r2", "running");
        await machine.StartAsync(new LifecycleRecord { Launched = [launched] });

        var switched = await machine.SwitchAsync("r2");

        Assert.That((switched.Container, switched.Address), Is.EqualTo(("c2", $"127.0.0.1:{machine.Port}")));
    }

    [TestCase("created")]
    [TestCase("exited")]
    public async Task Launched_container_that_does_not_run_at_a_start_is_removed(string state)
    {
        await using var machine = new ScriptedMachine(_clock);
        var launched = Add(machine, "c2", "r2", state);

        await machine.StartAsync(new LifecycleRecord { Launched = [launched] });

        Assert.That(machine.Containers, Is.Empty);
        Assert.That(machine.InCare, Is.Empty);
    }

    [Test]
    public async Task Container_of_a_launch_that_was_cut_off_is_removed_and_what_is_recorded_stays()
    {
        await using var machine = new ScriptedMachine(_clock);
        var launched = Add(machine, "c2", "r2", "running");
        Add(machine, "left", "r3", "running");

        await machine.StartAsync(new LifecycleRecord { Launched = [launched] });

        Assert.That(machine.Containers, Is.EqualTo(new[] { "c2 running" }));
    }

    [Test]
    public async Task Without_a_record_what_runs_waits_and_the_rest_is_kept()
    {
        await using var machine = new ScriptedMachine(_clock);
        Add(machine, "c1", "r1", "running");
        Add(machine, "c2", "r2", "exited");

        await machine.StartAsync();

        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 launched", "r2 kept" }));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "c1 running", "c2 exited" }));
    }

    [Test]
    public async Task Record_goes_before_the_labels()
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.AddContainer("c1", new string('b', 64), "other", "running", _clock.GetUtcNow());
        var entry = new ContainerRecord("c1", machine.HashOf("r1"), "r1", _clock.GetUtcNow());

        await machine.StartAsync(new LifecycleRecord { Launched = [entry] });

        Assert.That(machine.Lifecycle.Containers.Single().Hash, Is.EqualTo(machine.HashOf("r1")));
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 launched" }));
    }

    [Test]
    public async Task Recorded_container_that_is_gone_is_shown_as_current_and_brought_back()
    {
        await using var machine = new ScriptedMachine(_clock);

        await machine.StartAsync(new LifecycleRecord
        {
            Hash = machine.HashOf("r1"),
            Container = "gone",
            Config = machine.Config("r1"),
        });
        await ScriptedMachine.EventuallyAsync("another one", () => Task.FromResult(machine.Traffic.Current is not null));

        Assert.That(machine.Traffic.Current!.ContainerId, Is.EqualTo("made1"));
        Assert.That(machine.Record.Container, Is.EqualTo("made1"));
        Assert.That(machine.Record.Since, Is.EqualTo(_clock.GetUtcNow()));
    }

    [TestCase("die", "exited")]
    [TestCase("destroy", null)]
    public async Task Launched_container_that_dies_is_given_up(string happened, string? state)
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.LaunchAsync("r1");

        if (state is null)
        {
            machine.Docker.Remove("r1");
        }
        else
        {
            machine.SetState("r1", state);
        }

        await machine.Docker.TellAsync(happened, "made1");

        await ScriptedMachine.EventuallyAsync("its end", () => Task.FromResult(machine.InCare.Count == 0 && machine.Containers.Count == 0));
    }

    [Test]
    public async Task Kept_container_that_somebody_starts_is_stopped_again()
    {
        await using var machine = await DeployTwiceAsync();

        machine.SetState("r1", "running");
        await machine.Docker.TellAsync("start", "made1");

        await machine.UntilContainersAreAsync("made1 exited", "made2 running");
        Assert.That(machine.InCare, Is.EqualTo(new[] { "r1 kept", "r2 current" }));
    }

    [Test]
    public async Task Kept_container_that_somebody_removes_is_forgotten()
    {
        await using var machine = await DeployTwiceAsync();

        machine.Docker.Remove("r1");
        await machine.Docker.TellAsync("destroy", "made1");

        await ScriptedMachine.EventuallyAsync("it is noticed", () => Task.FromResult(machine.InCare is ["r2 current"]));
    }

    [Test]
    public async Task Events_of_other_containers_change_nothing()
    {
        await using var machine = await DeployTwiceAsync();

        await machine.Docker.TellAsync("die", "somebody else's");
        machine.Docker.Remove("r1");
        await machine.Docker.TellAsync("destroy", "made1");

        await ScriptedMachine.EventuallyAsync("the second event", () => Task.FromResult(machine.InCare is ["r2 current"]));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
    }

    [TestCase("text", null)]
    [TestCase(null, "ExposedPorts")]
    public async Task Recorded_container_without_labels_needs_a_config_that_tells_its_port(string? config, string? ports)
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.AddContainer("old", "r1", "localhost:8080/shop:r1", "running", [], _clock.GetUtcNow());
        machine.Docker.Inspecting = (_, details) => details["Config"]!["ExposedPorts"] = ports is null
            ? new JsonObject()
            : new JsonObject { ["1/tcp"] = new JsonObject(), ["2/tcp"] = new JsonObject() };
        var bytes = machine.Config("r1", document => document.Remove("ContainerPort"));

        await machine.StartAsync(new LifecycleRecord
        {
            Hash = LaunchConfigHash.Of(bytes).Value,
            Container = "old",
            Config = config is null ? bytes : "text"u8.ToArray(),
            Seen = LaunchConfigHash.Of(bytes).Value,
        });

        Assert.That(machine.Traffic.Current, Is.Null);
        Assert.That(machine.Containers, Does.Contain("old running"), "not touched");
    }

    private async Task<ScriptedMachine> DeployTwiceAsync()
    {
        var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");
        await machine.UntilContainersAreAsync("made1 exited", "made2 running");
        return machine;
    }

    private ContainerRecord Add(ScriptedMachine machine, string id, string revision, string state)
    {
        machine.AddContainer(id, machine.HashOf(revision), revision, state, _clock.GetUtcNow());
        return new ContainerRecord(id, machine.HashOf(revision), revision, _clock.GetUtcNow());
    }
}
