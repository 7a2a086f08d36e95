using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Tests.Operations;

namespace WunderProxy.Deployments.Tests.Retirement;

/// <summary>A container may take minutes to stop, as its own StopTimeout allows: nothing else waits for that.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SlowStopTests
{
    private static readonly string Hash = new('a', 64);

    [Test]
    public async Task Start_serves_while_an_earlier_container_stops()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        HoldStops(machine);
        machine.AddContainer("c1", Hash, "r1", "running", DateTimeOffset.UnixEpoch);
        machine.AddContainer("c2", new string('b', 64), "r2", "running", DateTimeOffset.UnixEpoch);

        await machine.StartAsync(new LifecycleRecord
        {
            Hash = Hash,
            Container = "c1",
            Earlier = [new ContainerRecord("c2", new string('b', 64), "r2", DateTimeOffset.UnixEpoch)],
        });

        Assert.That(machine.Traffic.Current?.ContainerId, Is.EqualTo("c1"));
        Assert.That(machine.Containers, Does.Contain("c2 running"));
    }

    [Test]
    public async Task Launch_answers_while_one_container_too_many_stops()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        HoldStops(machine);

        for (var i = 1; i <= 4; i++)
        {
            var config = LaunchConfig.Parse(machine.Config($"r{i}"));
            await new LaunchConfigRepository(machine.Store, ScriptedMachine.Prefix).AddAsync(config, CancellationToken.None);
            await machine.Lifecycle.LaunchAsync(config.Hash.Value, "test", null, CancellationToken.None);
        }

        Assert.That(machine.Containers, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task Container_that_starts_anew_while_it_is_probed_is_not_served()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        var starts = 0;
        machine.StartedAt = () => $"start {Interlocked.Increment(ref starts)}";
        machine.AddContainer("c1", Hash, "r1", "running", DateTimeOffset.UnixEpoch);

        await machine.StartAsync(new LifecycleRecord { Hash = Hash, Container = "c1" });

        Assert.That(machine.Traffic.Current, Is.Null);
    }

    [TestCase("paused")]
    [TestCase("restarting")]
    public async Task Launched_container_that_is_up_and_not_running_is_not_taken_for_a_leftover(string state)
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        machine.AddContainer("c1", Hash, "r1", state, DateTimeOffset.UnixEpoch);

        await machine.StartAsync(new LifecycleRecord
        {
            Launched = [new ContainerRecord("c1", Hash, "r1", TimeProvider.System.GetUtcNow())],
        });

        Assert.That(machine.Containers, Is.EqualTo(new[] { $"c1 {state}" }));
    }

    private static void HoldStops(ScriptedMachine machine)
    {
        var never = new TaskCompletionSource();
        machine.Engine.Delay = request => request.RequestUri!.AbsolutePath.EndsWith("/stop", StringComparison.Ordinal)
            ? never.Task
            : Task.CompletedTask;
    }
}
