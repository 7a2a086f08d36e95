using WunderProxy.Deployments.Contracts;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>The end of a lifecycle ends everything that it began, and leaves the containers as they are.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class LifecycleEndTests
{
    private readonly ManualTimeProvider _clock = new();

    [Test]
    public async Task Guard_that_watches_and_drain_that_waits_for_it_end_with_the_lifecycle()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2", TimeSpan.FromMinutes(5));

        await machine.Lifecycle.DisposeAsync();

        Assert.That(_clock.CountTimers(), Is.Zero, "what still waits");
        Assert.That(machine.Lifecycle.Snapshot().Guard!.State, Is.EqualTo(GuardState.Watching));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "made1 running", "made2 running" }));
    }

    [Test]
    public async Task Drain_under_way_is_called_off()
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.Traffic.HoldDrains = new TaskCompletionSource().Task;
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");

        await machine.Lifecycle.DisposeAsync();

        Assert.That(machine.Containers, Is.EqualTo(new[] { "made1 running", "made2 running" }));
        Assert.That(_clock.CountTimers(), Is.Zero, "what still waits");
    }

    [Test]
    public async Task Stop_that_the_engine_takes_long_for_is_not_waited_for()
    {
        await using var machine = new ScriptedMachine(_clock);
        using var asked = new SemaphoreSlim(0);
        machine.Engine.Delay = request =>
        {
            var isStop = request.RequestUri!.AbsolutePath.EndsWith("/stop", StringComparison.Ordinal);
            if (isStop)
            {
                asked.Release();
            }

            return isStop ? new TaskCompletionSource().Task : Task.CompletedTask;
        };
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");
        Assert.That(await asked.WaitAsync(TimeSpan.FromSeconds(60)), "the stop");

        await machine.Lifecycle.DisposeAsync();

        Assert.That(machine.Containers, Is.EqualTo(new[] { "made1 running", "made2 running" }));
        Assert.That(_clock.CountTimers(), Is.Zero, "what still waits");
    }
}
